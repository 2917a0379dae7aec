namespace ZeroKSync.Transport.InMemory;

/// <summary>
/// One direction of a stream: what its writer sent and its reader has not read. Guarded by the link's lock, except for the waits.
/// The writer's end and the reader's end may close for different reasons, so each side asks its own connection.
/// </summary>
internal sealed class InMemoryPipe(InMemoryConnection writer, InMemoryConnection reader, InMemoryFlow flow)
{
    private readonly LinkedList<ReadOnlyMemory<byte>> _chunks = new();
    private readonly Signal _readable = new();
    private readonly Signal _writable = new();
    private int _buffered;
    private bool _ended;
    private bool _readAborted;
    private bool _writeAborted;
    private long? _resetCode;
    private long? _stopCode;

    /// <summary>Nothing more can be sent in this direction.</summary>
    public bool IsFinished => _ended || _writeAborted;

    /// <returns>The bytes read, or null with <paramref name="wait"/> set.</returns>
    public int? TryRead(Memory<byte> buffer, out Task wait)
    {
        wait = Task.CompletedTask;
        if (_readAborted)
            throw TransportException.AbortedLocally();
        if (_resetCode is { } code)
            throw TransportException.Reset(code);
        if (_buffered > 0)
            return Take(buffer);
        if (_ended)
            return 0;
        if (reader.CloseReason is { } reason)
            throw TransportException.Closed(reason);

        wait = _readable.Next;
        return null;
    }

    /// <returns>The bytes taken; fewer than offered with <paramref name="wait"/> set.</returns>
    public int TryWrite(ReadOnlyMemory<byte> data, bool endStream, out Task wait)
    {
        wait = Task.CompletedTask;
        if (writer.CloseReason is { } reason)
            throw TransportException.Closed(reason);
        if (_stopCode is { } code)
            throw TransportException.Stopped(code);
        if (_writeAborted)
            throw TransportException.AbortedLocally();
        if (_ended)
            throw new InvalidOperationException("The stream was already ended by an earlier write.");

        var room = Math.Min(reader.Options.StreamWindowBytes - _buffered, flow.Room);
        var taken = Math.Min(room, data.Length);
        if (taken > 0)
        {
            _chunks.AddLast(data[..taken].ToArray());
            _buffered += taken;
            flow.Take(taken);
            _readable.Pulse();
        }

        if (taken < data.Length)
        {
            wait = Task.WhenAny(_writable.Next, flow.Freed.Next);
            return taken;
        }

        if (endStream)
            End();
        return taken;
    }

    /// <summary>The reader gives up; what is buffered is dropped and the writer learns the code.</summary>
    public void Stop(long code)
    {
        if (_readAborted)
            return;

        _readAborted = true;
        Drop();
        if (!IsFinished)
        {
            _stopCode = code;
            _writeAborted = true;
        }

        Wake();
    }

    /// <summary>The writer gives up. Without effect once the end was written: those bytes are already promised.</summary>
    public void Reset(long code)
    {
        if (IsFinished)
            return;

        _writeAborted = true;
        _resetCode = code;
        Drop();
        Wake();
    }

    public void Wake()
    {
        _readable.Pulse();
        _writable.Pulse();
    }

    private void End()
    {
        _ended = true;
        _readable.Pulse();
    }

    private int Take(Memory<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length && _chunks.First is { } first)
        {
            var chunk = first.Value;
            var part = Math.Min(chunk.Length, buffer.Length - taken);
            chunk[..part].CopyTo(buffer[taken..]);
            taken += part;
            if (part < chunk.Length)
                first.Value = chunk[part..];
            else
                _chunks.RemoveFirst();
        }

        Release(taken);
        return taken;
    }

    private void Drop()
    {
        _chunks.Clear();
        Release(_buffered);
    }

    private void Release(int bytes)
    {
        _buffered -= bytes;
        flow.Release(bytes);
        _writable.Pulse();
    }
}
