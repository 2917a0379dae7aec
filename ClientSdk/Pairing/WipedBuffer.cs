using System.Buffers;
using System.Security.Cryptography;

namespace ZeroKSync.Client.Pairing;

/// <summary>
/// Bytes of an invite on their way from or to its text: an array that the garbage collector does not copy about, zeroed by
/// <see cref="Dispose"/>. An array, because the library's JSON takes memory and no span.
/// </summary>
/// <param name="capacity">It does not grow: growing would leave a copy.</param>
internal sealed class WipedBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(capacity, pinned: true);
    private int _written;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint <= _bytes.Length - _written
        ? _bytes.AsMemory(_written)
        : throw new InvalidOperationException($"More than {_bytes.Length} bytes.");

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>Says what it is, never what it holds.</summary>
    public override string ToString() => "WipedBuffer[redacted]";
}
