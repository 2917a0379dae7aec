using System.Buffers;
using System.Net.WebSockets;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>Messages in, messages out, and the timers between them.</summary>
public sealed partial class WebSocketConnection
{
    /// <summary>How long an end waits for the peer to take the last message before it cuts the line.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    // The share of the idle timeout after which hearing something is answered: several tries fit before the peer would give up.
    private const int AnswerShare = 3;

    private readonly IdleTimer _keptSending;
    private readonly IdleTimer _keptHearing;
    private IdleTimer? _idle;
    private ITimer? _flushTimer;
    private ITimer? _lingerTimer;
    private TimeSpan _idleTimeout;
    private long _lastSentAt;

    private async Task RunAsync()
    {
        Task writing = WriteAsync();
        await ReadAsync().ConfigureAwait(false);
        // Whatever the reason, nothing more comes: the writer has nothing to wait for.
        Finish(new TransportCloseReason(TransportErrorKind.PeerLostState, null, string.Empty, IsPeer: true));
        await writing.ConfigureAwait(false);
        _lingerTimer?.Dispose();
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await ReadMessageAsync().ConfigureAwait(false))
            {
            }
        }
        catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // The framework noticed, and has told the peer in its own words.
            Violated("what is no WebSocket");
        }
        catch (Exception exception) when (IsLineCut(exception))
        {
            // The end of the line, whoever cut it: the caller says what it means.
        }
    }

    // False when the peer ended the WebSocket.
    private async Task<bool> ReadMessageAsync()
    {
        // Without a buffer, so that an idle connection holds none.
        ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
        if (result.MessageType == WebSocketMessageType.Close)
            return false;

        byte[] buffer = ArrayPool<byte>.Shared.Rent(FrameLimits.MessageBytesMax);
        try
        {
            int count = 0;
            while (!result.EndOfMessage)
            {
                result = await _socket.ReceiveAsync(buffer.AsMemory(count, FrameLimits.MessageBytesMax - count), CancellationToken.None).ConfigureAwait(false);
                count += result.Count;
                Heard();
                if (!result.EndOfMessage && count == FrameLimits.MessageBytesMax)
                {
                    Violated("a message that is too long");
                    count = 0;
                }
            }

            Receive(buffer.AsSpan(0, count), result.MessageType);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Receive(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        string? violation = "a message that is not binary";
        TransportCloseReason? reason;
        lock (_multiplexer.Gate)
        {
            // After the end the rest is only read, so that closing the socket does not cut what the peer still has to read.
            if (_multiplexer.Reason is not null)
                return;

            if (type == WebSocketMessageType.Binary && _multiplexer.TryReceive(message, out bool wantsAnswer, out violation) && wantsAnswer)
                AnswerIfLongSilent();

            reason = _multiplexer.Reason;
        }

        if (violation is not null)
            Violated(violation);
        else if (reason is not null)
            Finished(reason);
        else if (!_started.Task.IsCompleted)
            Start();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await WriteMessageAsync().ConfigureAwait(false))
            {
            }

            _lastSent.TrySetResult();
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsLineCut(exception))
        {
            // The reader meets the same end, or made it.
            _socket.Abort();
        }
        finally
        {
            _lastSent.TrySetResult();
        }
    }

    // False after the last message.
    private async Task<bool> WriteMessageAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FrameLimits.MessageBytesMax);
        bool isLast;
        Task work;
        try
        {
            int count = Fill(buffer.AsSpan(0, FrameLimits.MessageBytesMax), out isLast, out work);
            if (count > 0)
            {
                await _socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
                _keptSending.Heard();
                return !isLast;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!isLast)
            await work.ConfigureAwait(false);

        return !isLast;
    }

    private int Fill(Span<byte> message, out bool isLast, out Task work)
    {
        while (true)
        {
            bool isCloseDue;
            lock (_multiplexer.Gate)
            {
                int count = _multiplexer.Fill(message);
                isLast = _multiplexer.Reason is not null;
                isCloseDue = count == 0 && !isLast && _wantedClose is not null && _multiplexer.IsFlushed;
                work = isLast ? Task.CompletedTask : _multiplexer.Work.Next;
                if (count > 0)
                    _lastSentAt = _timeProvider.GetTimestamp();
                if (!isCloseDue)
                    return count;
            }

            CloseNow();
        }
    }

    private static bool IsLineCut(Exception exception) =>
        exception is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
