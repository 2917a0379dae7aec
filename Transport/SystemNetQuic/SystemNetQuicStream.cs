using System.Net.Quic;
using System.Runtime.Versioning;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// A stream as the app sees it: two buffers under the connection's lock. One task moves each between here and the library
/// (SystemNetQuicStream.Pumps.cs), so that an app may give up a read or a write and lose nothing by it.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed partial class SystemNetQuicStream : TransportStream
{
    private readonly SystemNetQuicConnection _connection;
    private readonly IQuicStream _library;
    private readonly bool _isLocal;
    private readonly ByteQueue _received = new();
    private readonly ByteQueue _outgoing = new();
    private readonly Signal _readable = new();
    private readonly Signal _writable = new();
    private bool _isReaderWaiting;
    private bool _isEndReceived;
    private bool _isEndWritten;
    private TransportException? _readError;
    private TransportException? _writeError;

    public SystemNetQuicStream(SystemNetQuicConnection connection, IQuicStream library, bool isLocal)
    {
        _connection = connection;
        _library = library;
        _isLocal = isLocal;
        Id = library.Id;
        Direction = library.Type == QuicStreamType.Bidirectional ? StreamDirection.Bidirectional : StreamDirection.Unidirectional;
        _isAccepted = isLocal;
        _isReadOver = !CanRead;
        _isWriteOver = !CanWrite;
    }

    public override long Id { get; }

    public override StreamDirection Direction { get; }

    public override bool CanRead => Direction == StreamDirection.Bidirectional || !_isLocal;

    public override bool CanWrite => Direction == StreamDirection.Bidirectional || _isLocal;

    private Lock Gate => _connection.Gate;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!CanRead)
            throw new InvalidOperationException("This end only writes on a unidirectional stream it opened.");
        if (buffer.IsEmpty)
            throw new ArgumentException("A read needs room for at least one byte: 0 means the end of the stream.", nameof(buffer));

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (Gate)
            {
                if (_received.Count > 0)
                {
                    int count = _received.Read(buffer.Span);
                    Consumed(count);
                    return count;
                }

                if (_readError is not null)
                    throw Again(_readError);
                if (_isEndReceived)
                    return 0;

                _isReaderWaiting = true;
                _readRoom.Pulse();
                wait = _readable.Next;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default)
    {
        if (!CanWrite)
            throw new InvalidOperationException("This end only reads on a unidirectional stream the peer opened.");

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (Gate)
            {
                if (_writeError is not null)
                    throw Again(_writeError);
                if (_isEndWritten)
                    throw new InvalidOperationException("The stream was already ended by an earlier write.");

                data = data[Take(data.Span)..];
                _isEndWritten = endStream && data.IsEmpty;
                wait = data.IsEmpty ? Task.CompletedTask : Task.WhenAny(_writable.Next, _connection.SendRoomFreed.Next);
            }

            StartSending();
            if (data.IsEmpty)
                return;

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override void AbortRead(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanRead)
            return;

        lock (Gate)
        {
            if (_readError is not null)
                return;

            DropReceived();
            FailRead(TransportException.AbortedLocally());
            if (_isEndReceived)
                return;

            _aborting++;
        }

        Abort(QuicAbortDirection.Read, code);
    }

    public override void AbortWrite(long code)
    {
        CloseArguments.CheckCode(code);
        if (!CanWrite)
            return;

        lock (Gate)
        {
            // What was ended is promised: it is still delivered.
            if (_isEndWritten || _writeError is not null)
                return;

            FailWrite(TransportException.AbortedLocally());
            _aborting++;
        }

        Abort(QuicAbortDirection.Write, code);
    }

    public override ValueTask DisposeAsync()
    {
        AbortRead(DisposedCode);
        AbortWrite(DisposedCode);
        return ValueTask.CompletedTask;
    }

    // One exception object is thrown once: each waiter gets its own, with its own stack.
    private static TransportException Again(TransportException error) =>
        new(error.Kind, error.Message) { ApplicationCode = error.ApplicationCode, IsPeer = error.IsPeer };

    private int Take(ReadOnlySpan<byte> data)
    {
        int room = Math.Min(_connection.Options.StreamSendBufferBytes - _outgoing.Count - _sending, _connection.SendRoom);
        int count = Math.Clamp(room, 0, data.Length);
        _outgoing.Append(data[..count]);
        _connection.Buffered(count);
        return count;
    }

    private void Consumed(int count)
    {
        _connection.ReadAhead(-count);
        _readRoom.Pulse();
    }

    private void Abort(QuicAbortDirection direction, long code)
    {
        try
        {
            _library.Abort(direction, code);
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            // The connection is over, and both directions with it.
        }

        lock (Gate)
            _aborting--;

        Settle();
    }
}
