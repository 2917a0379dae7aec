namespace ZeroKSync.Cryptography.Interop;

/// <summary>
/// Hands out places for secrets in locked memory. Small ones share slabs: a guarded allocation costs several memory maps, of which a
/// process has a limited number, and a relay holds a secret or two for each session. A slab, once made, is kept.
/// </summary>
internal static unsafe class LockedMemory
{
    /// <summary>A secret up to this size lies in a slab.</summary>
    internal const int SlotBytes = 64;

    private const int SlabSlots = 256;

    private static readonly Lock Gate = new();
    private static readonly Stack<nint> FreeSlots = new();
    private static int _inUse;

    /// <summary>Places that are handed out: what a leak test compares.</summary>
    internal static int InUse => Volatile.Read(ref _inUse);

    /// <summary>A place of at least <paramref name="length"/> bytes, all zero.</summary>
    internal static nint Rent(int length)
    {
        nint place = length <= SlotBytes ? RentSlot() : Allocate(length);
        Interlocked.Increment(ref _inUse);
        return place;
    }

    /// <summary>Zeroes a place and takes it back.</summary>
    internal static void Return(nint place, int length)
    {
        if (length <= SlotBytes)
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(new Span<byte>((void*)place, SlotBytes));
            lock (Gate)
            {
                FreeSlots.Push(place);
            }
        }
        else
        {
            Sodium.Free(place);
        }

        Interlocked.Decrement(ref _inUse);
    }

    private static nint RentSlot()
    {
        lock (Gate)
        {
            if (FreeSlots.TryPop(out nint slot))
            {
                return slot;
            }

            nint slab = Allocate(SlabSlots * SlotBytes);
            for (int i = SlabSlots - 1; i > 0; i--)
            {
                FreeSlots.Push(slab + (i * SlotBytes));
            }

            return slab;
        }
    }

    private static nint Allocate(int length)
    {
        nint memory = Sodium.Allocate((nuint)length);
        if (memory == 0)
        {
            throw new InsufficientMemoryException("No locked memory could be allocated.");
        }

        // libsodium fills with a pattern, to show the use of what was never written; here zero is the promise.
        new Span<byte>((void*)memory, length).Clear();
        return memory;
    }
}
