using System.Net.Quic;
using System.Runtime.Versioning;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>One direction of a stream: what the writer handed over and the reader has not taken. Under the library's lock.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SimulatedPipe(int window)
{
    // System.Net.Quic copies this much out of the native buffer; the native library buffers that much before a write has to wait.
    private const int CopyBytes = 64 << 10;
    private const int SendBufferBytes = 128 << 10;

    private readonly TaskCompletionSource _writesClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ByteQueue _sendBuffer = new();
    private readonly ByteQueue _received = new();
    private readonly Signal _readable = new();
    private ReadOnlyMemory<byte> _writing;
    private TaskCompletionSource? _written;
    private bool _isEndWritten;
    private bool _isEndReceived;
    private bool _isReadOver;
    private Exception? _readError;
    private Exception? _writeError;

    public Task WritesClosed => _writesClosed.Task;

    public bool IsWriteOver => _isEndWritten || _writeError is not null;

    /// <summary>Somebody waits in a read.</summary>
    public bool IsReading { get; set; }

    public Task Readable
    {
        get
        {
            IsReading = true;
            return _readable.Next;
        }
    }

    public int? TryRead(Span<byte> buffer)
    {
        if (IsReading)
            throw new InvalidOperationException("One read at a time.");
        // Whatever was received: after an error nobody gets it.
        if (_readError is not null)
            throw Again(_readError);
        if (_received.Count == 0 && !_isEndReceived)
            return null;
        if (buffer.IsEmpty)
            return 0;

        int count = _received.Read(buffer);
        Move();
        _isReadOver = _isEndReceived && _received.Count == 0;
        return count;
    }

    public Task Write(ReadOnlyMemory<byte> data, bool completeWrites)
    {
        if (_written is { Task.IsCompleted: false })
            throw new InvalidOperationException("One write at a time.");
        if (_writeError is not null)
            return Task.FromException(Again(_writeError));
        if (_isEndWritten)
            throw new InvalidOperationException("Nothing follows the end.");

        _writing = data;
        _isEndWritten = completeWrites;
        _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task written = _written.Task;
        Move();
        return written;
    }

    /// <summary>By the reader.</summary>
    public void Stop(long code)
    {
        if (_isReadOver || _readError is not null)
            return;

        _received.Clear();
        FailReader(SimulatedErrors.Of(QuicError.OperationAborted));
        FailWriter(SimulatedErrors.Of(QuicError.StreamAborted, code));
    }

    /// <summary>By the writer; it takes back even an end that nobody has acknowledged.</summary>
    public void Reset(long code)
    {
        if (_writeError is not null || _writesClosed.Task.IsCompleted)
            return;

        FailWriter(SimulatedErrors.Of(QuicError.OperationAborted));
        FailReader(SimulatedErrors.Of(QuicError.StreamAborted, code));
    }

    public void FailReader(Exception error)
    {
        if (_isReadOver)
            return;

        _readError ??= error;
        _readable.Pulse();
    }

    public void FailWriter(Exception error)
    {
        if (_writesClosed.Task.IsCompleted)
            return;

        _writeError ??= error;
        _writing = default;
        _sendBuffer.Clear();
        _written?.TrySetException(Again(_writeError));
        _writesClosed.TrySetException(Again(_writeError));
        // Nobody has to look at it.
        _ = _writesClosed.Task.Exception;
    }

    private void Move()
    {
        byte[] block = new byte[4096];
        int moved;
        do
        {
            int room = window + CopyBytes - _received.Count;
            moved = _sendBuffer.Read(block.AsSpan(0, Math.Clamp(room, 0, block.Length)));
            _received.Append(block.AsSpan(0, moved));
            int taken = Math.Min(_writing.Length, SendBufferBytes - _sendBuffer.Count);
            _sendBuffer.Append(_writing.Span[..taken]);
            _writing = _writing[taken..];
            moved += taken;
        }
        while (moved > 0);

        if (_writing.IsEmpty)
            _written?.TrySetResult();

        if (_isEndWritten && _writing.IsEmpty && _sendBuffer.Count == 0 && !_isEndReceived)
        {
            _isEndReceived = true;
            _writesClosed.TrySetResult();
        }

        _readable.Pulse();
    }

    private static Exception Again(Exception error) =>
        error is QuicException quic ? new QuicException(quic.QuicError, quic.ApplicationErrorCode, quic.Message) { HResult = quic.HResult } : error;
}
