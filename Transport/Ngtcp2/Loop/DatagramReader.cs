using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>Gets each datagram: its bytes, the path it came on, and its ECN bits.</summary>
internal unsafe delegate void DatagramHandler(byte* datagram, int length, PathStruct* path, byte ecn);

/// <summary>Takes datagrams from a socket, many with one call where the kernel can.</summary>
internal sealed unsafe class DatagramReader : IDisposable
{
    private const int Slots = 16;
    private const int SlotBytes = 65_536;

    // Where one call takes so many, the next finds some too as a rule, and asking the kernel first would be a call for nothing.
    private const int ManyMin = 4;

    private readonly int _descriptor;
    private readonly NativeAddress _local;
    private readonly byte* _bytes = (byte*)NativeMemory.Alloc(Slots * SlotBytes);
    private readonly byte* _controls = (byte*)NativeMemory.AllocZeroed(Slots * ControlMessages.RoomBytes);
    private readonly IoVectorStruct* _vectors = (IoVectorStruct*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(IoVectorStruct));
    private readonly SocketAddressV6* _names = (SocketAddressV6*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(SocketAddressV6));
    private readonly MultiMessageStruct* _slots = (MultiMessageStruct*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(MultiMessageStruct));
    private bool _isSingle;

    public DatagramReader(int descriptor, NativeAddress local, bool isSingle)
    {
        _descriptor = descriptor;
        _local = local;
        _isSingle = isSingle;
        for (int i = 0; i < Slots; i++)
        {
            _vectors[i] = new IoVectorStruct { Base = _bytes + (i * SlotBytes), Length = SlotBytes };
            _slots[i].Header = new MessageHeaderStruct { Name = _names + i, Vector = _vectors + i, VectorLength = 1, Control = _controls + (i * ControlMessages.RoomBytes) };
        }
    }

    /// <summary>Takes what has arrived, at most one call's worth; whether it is worth to call again at once.</summary>
    public bool Receive(DatagramHandler handler)
    {
        int count = ReceiveSlots();
        for (int i = 0; i < count; i++)
            Deliver(_slots + i, handler);

        return count >= (_isSingle ? 1 : ManyMin);
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_names);
        NativeMemory.Free(_slots);
    }

    private int ReceiveSlots()
    {
        if (!_isSingle)
        {
            for (int i = 0; i < Slots; i++)
                Prepare(_slots + i);

            int count = Libc.recvmmsg(_descriptor, _slots, Slots, Libc.DontWait, null);
            if (count >= 0 || Marshal.GetLastPInvokeError() != Libc.NotImplemented)
                return count;

            _isSingle = true;
        }

        Prepare(_slots);
        nint length = Libc.recvmsg(_descriptor, &_slots->Header, Libc.DontWait);
        _slots->Length = (uint)Math.Max(length, 0);
        return length < 0 ? 0 : 1;
    }

    private static void Prepare(MultiMessageStruct* slot)
    {
        slot->Header.NameLength = (uint)sizeof(SocketAddressV6);
        slot->Header.ControlLength = ControlMessages.RoomBytes;
    }

    private void Deliver(MultiMessageStruct* slot, DatagramHandler handler)
    {
        NativeAddress local = _local;
        int length = (int)slot->Length;
        int segment = 0;
        byte ecn = 0;
        ControlMessages.Read((byte*)slot->Header.Control, slot->Header.ControlLength, ref segment, &local, ref ecn);
        if (segment <= 0)
            segment = length;

        PathStruct path = new()
        {
            Local = new AddressStruct { Address = &local.Bytes, Length = local.Length },
            Remote = new AddressStruct { Address = slot->Header.Name, Length = slot->Header.NameLength },
        };
        byte* bytes = (byte*)slot->Header.Vector->Base;
        for (int at = 0; at < length; at += segment)
            handler(bytes + at, Math.Min(segment, length - at), &path, ecn);
    }
}
