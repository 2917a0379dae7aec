using System.Security.Cryptography;

namespace ZeroKSync.Cryptography.Interop;

/// <summary>
/// Hands out places for secrets in locked memory. Small ones share slabs: a guarded allocation costs several memory maps, of which a
/// process has a limited number, and a relay holds a secret or two for each session. A slab, once made, is kept. Where the system's limit
/// on locked memory is reached a place is given all the same, since a secret in memory that may be swapped is better than none; it is
/// counted, and says so.
/// </summary>
/// <param name="tryLock">Whether a place is locked, by asking for it once more. A parameter, for tests of a system that refuses.</param>
internal sealed unsafe class LockedMemory(Func<nint, nuint, bool> tryLock)
{
    /// <summary>A secret up to this size lies in a slab.</summary>
    internal const int SlotBytes = 64;

    private const int SlabSlots = 256;

    private readonly Lock _gate = new();
    private readonly Stack<nint> _lockedSlots = new();
    private readonly Stack<nint> _unlockedSlots = new();
    private int _inUse;
    private int _unlockedInUse;

    /// <summary>That of the process.</summary>
    internal static LockedMemory Shared { get; } = new(static (place, length) => Sodium.Lock(place, length) == 0);

    /// <summary>Places that are handed out: what a leak test compares.</summary>
    internal int InUse => Volatile.Read(ref _inUse);

    /// <summary>Those of them that the system did not lock.</summary>
    internal int UnlockedInUse => Volatile.Read(ref _unlockedInUse);

    /// <summary>A place of at least <paramref name="length"/> bytes, all zero.</summary>
    internal SecretPlace Rent(int length)
    {
        SecretPlace place = length <= SlotBytes ? RentSlot() : Allocate(length);
        Interlocked.Increment(ref _inUse);
        if (!place.IsLocked)
        {
            Interlocked.Increment(ref _unlockedInUse);
        }

        return place;
    }

    /// <summary>Zeroes a place and takes it back.</summary>
    internal void Return(SecretPlace place, int length)
    {
        if (length <= SlotBytes)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>((void*)place.Address, SlotBytes));
            lock (_gate)
            {
                SlotsOf(place.IsLocked).Push(place.Address);
            }
        }
        else
        {
            Sodium.Free(place.Address);
        }

        Interlocked.Decrement(ref _inUse);
        if (!place.IsLocked)
        {
            Interlocked.Decrement(ref _unlockedInUse);
        }
    }

    // Locked ones first. A new slab only when there is no free slot of either kind: where the limit is reached, more slabs would not be locked either.
    private SecretPlace RentSlot()
    {
        lock (_gate)
        {
            if (_lockedSlots.TryPop(out nint locked))
            {
                return new SecretPlace(locked, true);
            }

            if (_unlockedSlots.TryPop(out nint unlocked))
            {
                return new SecretPlace(unlocked, false);
            }

            SecretPlace slab = Allocate(SlabSlots * SlotBytes);
            for (int i = SlabSlots - 1; i > 0; i--)
            {
                SlotsOf(slab.IsLocked).Push(slab.Address + (i * SlotBytes));
            }

            return slab;
        }
    }

    private Stack<nint> SlotsOf(bool isLocked) => isLocked ? _lockedSlots : _unlockedSlots;

    private SecretPlace Allocate(int length)
    {
        nint memory = Sodium.Allocate((nuint)length);
        if (memory == 0)
        {
            throw new InsufficientMemoryException("No memory for a secret could be allocated.");
        }

        // libsodium fills with a pattern, to show the use of what was never written; here zero is the promise.
        new Span<byte>((void*)memory, length).Clear();

        // libsodium has locked it, or has failed to and kept quiet; asking again costs nothing where it is locked, and is answered.
        return new SecretPlace(memory, tryLock(memory, (nuint)length));
    }
}
