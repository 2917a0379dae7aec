using System.Security.Cryptography;
using ZeroKSync.Cryptography.Interop;

namespace ZeroKSync.Cryptography;

/// <summary>
/// A secret of fixed length in locked memory, zeroed by <see cref="Dispose"/>. It prints nothing, compares in constant time and is no
/// value: who creates one, or is handed one, disposes of it. There is no finaliser on purpose: one could zero the bytes under a span
/// that is still read. Not for use while another thread disposes of it.
/// </summary>
public sealed unsafe class SecretBytes : IDisposable
{
    /// <summary>The longest secret there is a use for, in bytes.</summary>
    public const int LengthMax = 64 << 10;

    private readonly LockedMemory _owner;
    private nint _memory;

    /// <param name="length">1 to <see cref="LengthMax"/> bytes.</param>
    /// <param name="owner">Where it lies, and where it is given back.</param>
    internal SecretBytes(int length, LockedMemory owner)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        Length = length;
        _owner = owner;
        SecretPlace place = owner.Rent(length);
        _memory = place.Address;
        IsLocked = place.IsLocked;
    }

    /// <summary>In bytes; known even after <see cref="Dispose"/>.</summary>
    public int Length { get; }

    /// <summary>
    /// Whether the system keeps the bytes in memory. False where its limit on locked memory was reached: they may then be written to swap
    /// (<see cref="SecretMemory"/> counts such secrets).
    /// </summary>
    public bool IsLocked { get; }

    /// <summary>The secret, to be read.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public ReadOnlySpan<byte> Span => Writable;

    /// <summary>The secret, to be written in place.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public Span<byte> Writable
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == 0, this);
            return new Span<byte>((void*)_memory, Length);
        }
    }

    /// <summary>Zeros, for the caller to fill.</summary>
    /// <param name="length">1 to <see cref="LengthMax"/> bytes.</param>
    public static SecretBytes Create(int length) => new(length, LockedMemory.Shared);

    /// <summary>Random bytes of the system's generator.</summary>
    /// <param name="length">1 to <see cref="LengthMax"/> bytes.</param>
    public static SecretBytes CreateRandom(int length)
    {
        SecretBytes secret = Create(length);
        RandomNumberGenerator.Fill(secret.Writable);
        return secret;
    }

    /// <summary>A copy of bytes. The source stays as it is: zeroing it is the caller's.</summary>
    /// <param name="source">1 to <see cref="LengthMax"/> bytes.</param>
    public static SecretBytes CopyFrom(ReadOnlySpan<byte> source)
    {
        SecretBytes secret = Create(source.Length);
        source.CopyTo(secret.Writable);
        return secret;
    }

    /// <summary>A second secret of the same bytes, with its own life.</summary>
    public SecretBytes Copy() => CopyFrom(Span);

    /// <summary>Whether the bytes are the same, in a time that depends on the lengths alone.</summary>
    public bool FixedTimeEquals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(Span, other);

    /// <inheritdoc cref="FixedTimeEquals(ReadOnlySpan{byte})" />
    public bool FixedTimeEquals(SecretBytes other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return FixedTimeEquals(other.Span);
    }

    /// <summary>Zeroes the bytes and gives their place back. A second call does nothing.</summary>
    public void Dispose()
    {
        nint memory = Interlocked.Exchange(ref _memory, 0);
        if (memory != 0)
        {
            _owner.Return(new SecretPlace(memory, IsLocked), Length);
        }
    }

    /// <summary>Says what it is, never what it holds.</summary>
    public override string ToString() => "[secret]";
}
