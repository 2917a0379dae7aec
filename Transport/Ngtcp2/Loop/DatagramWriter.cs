using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>
/// Collects datagrams and hands them to the kernel together: those of one size on one path as one buffer that it cuts (GSO), which is what
/// makes QUIC cheap. What the kernel turns out not to know is not tried again.
/// </summary>
internal sealed unsafe class DatagramWriter(int descriptor, bool namesLocal, DatagramMode mode) : IDisposable
{
    private const int RoomBytes = 512 << 10;
    private const int Slots = 256;
    private const int SegmentsMax = 64;
    private const int SegmentedBytesMax = 65_000;
    private const int PatienceNanoseconds = 2_000_000;

    private readonly byte* _bytes = (byte*)NativeMemory.Alloc(RoomBytes);
    private readonly byte* _controls = (byte*)NativeMemory.AllocZeroed(Slots * ControlMessages.RoomBytes);
    private readonly IoVectorStruct* _vectors = (IoVectorStruct*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(IoVectorStruct));
    private readonly MultiMessageStruct* _slots = (MultiMessageStruct*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(MultiMessageStruct));
    private readonly Batch* _batches = (Batch*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(Batch));
    private int _used;
    private int _count;

    /// <summary>What is in use now.</summary>
    public DatagramMode Mode { get; private set; } = mode;

    /// <summary>Room for one datagram, until <see cref="Commit"/> or the next call.</summary>
    public byte* Reserve(int length)
    {
        if (_used + length > RoomBytes || _count == Slots)
            Flush();

        return _bytes + _used;
    }

    /// <summary>The reserved room holds a datagram.</summary>
    /// <param name="mayJoin">Whether it may leave as part of a batch; a probe for a larger path may not.</param>
    public void Commit(int length, PathStruct* path, byte ecn, bool mayJoin)
    {
        if (mayJoin && Mode == DatagramMode.Segmented && TryJoin(length, path, ecn))
            return;

        _batches[_count++] = new Batch { Offset = _used, Length = length, Segment = length, Count = 1, Path = NativePath.Copy(path), Ecn = ecn, IsComplete = !mayJoin };
        _used += length;
    }

    public void Send(ReadOnlySpan<byte> datagram, PathStruct* path)
    {
        datagram.CopyTo(new Span<byte>(Reserve(datagram.Length), datagram.Length));
        Commit(datagram.Length, path, ecn: 0, mayJoin: false);
    }

    /// <summary>Hands everything to the kernel. What it does not take is lost, as on any network.</summary>
    public void Flush()
    {
        for (int i = 0; i < _count; i++)
            Prepare(_slots + i, _vectors + i, _controls + (i * ControlMessages.RoomBytes), _batches + i);

        for (int at = 0; at < _count;)
            at += SendFrom(at);

        _count = 0;
        _used = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_slots);
        NativeMemory.Free(_batches);
    }

    private bool TryJoin(int length, PathStruct* path, byte ecn)
    {
        if (_count == 0)
            return false;

        Batch* last = _batches + _count - 1;
        bool fits = !last->IsComplete
            && length <= last->Segment
            && last->Count < SegmentsMax
            && last->Length + length <= SegmentedBytesMax
            && last->Ecn == ecn
            && last->Path.Remote.IsSame(&path->Remote)
            && (!namesLocal || last->Path.Local.IsSame(&path->Local));
        if (!fits)
            return false;

        last->Length += length;
        last->Count++;
        // A shorter one can only be the last segment.
        last->IsComplete = length < last->Segment;
        _used += length;
        return true;
    }

    private void Prepare(MultiMessageStruct* slot, IoVectorStruct* vector, byte* control, Batch* batch)
    {
        *vector = new IoVectorStruct { Base = _bytes + batch->Offset, Length = (nuint)batch->Length };
        slot->Header = new MessageHeaderStruct
        {
            Name = &batch->Path.Remote.Bytes,
            NameLength = batch->Path.Remote.Length,
            Vector = vector,
            VectorLength = 1,
            Control = control,
            ControlLength = ControlMessages.Write(control, batch->Count > 1 ? batch->Segment : 0, namesLocal ? &batch->Path.Local : null, &batch->Path.Remote, batch->Ecn),
        };
    }

    // How many batches are done with, sent or lost.
    private int SendFrom(int at)
    {
        int sent = Mode == DatagramMode.Single
            ? (Libc.sendmsg(descriptor, &_slots[at].Header, 0) >= 0 ? 1 : -1)
            : Libc.sendmmsg(descriptor, _slots + at, (uint)(_count - at), 0);
        if (sent > 0)
            return sent;

        switch (Marshal.GetLastPInvokeError())
        {
            case Libc.TryAgain when WaitWritable():
                return 0;
            case Libc.NotImplemented when Mode != DatagramMode.Single:
                Mode = DatagramMode.Single;
                return 0;
            case Libc.InputOutput or Libc.InvalidArgument when _batches[at].Count > 1:
                // The kernel knows GSO, the device or its driver does not. But large segments are refused too where a route changed to a
                // device that does not take that size: that says nothing about GSO.
                if (_batches[at].Segment <= PathProbes.OrdinaryBytesMax)
                    Mode = DatagramMode.Batched;

                SendPieces(_batches + at);
                return 1;
            default:
                return 1;
        }
    }

    private void SendPieces(Batch* batch)
    {
        byte* control = stackalloc byte[ControlMessages.RoomBytes];
        for (int done = 0; done < batch->Length; done += batch->Segment)
        {
            IoVectorStruct vector = new() { Base = _bytes + batch->Offset + done, Length = (nuint)Math.Min(batch->Segment, batch->Length - done) };
            MessageHeaderStruct header = new()
            {
                Name = &batch->Path.Remote.Bytes,
                NameLength = batch->Path.Remote.Length,
                Vector = &vector,
                VectorLength = 1,
                Control = control,
                ControlLength = ControlMessages.Write(control, 0, namesLocal ? &batch->Path.Local : null, &batch->Path.Remote, batch->Ecn),
            };
            _ = Libc.sendmsg(descriptor, &header, 0);
        }
    }

    private bool WaitWritable()
    {
        PollStruct poll = new() { Descriptor = descriptor, Events = Libc.PollOut };
        TimeStruct patience = new() { Nanoseconds = PatienceNanoseconds };
        return Libc.ppoll(&poll, 1, &patience, null) > 0;
    }

    private struct Batch
    {
        public int Offset;
        public int Length;
        public int Segment;
        public int Count;
        public bool IsComplete;
        public byte Ecn;
        public NativePath Path;
    }
}
