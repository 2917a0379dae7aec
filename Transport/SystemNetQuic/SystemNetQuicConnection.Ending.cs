namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>Every way a connection ends. Whoever ended it: accepting streams then fails, and says how.</summary>
internal sealed partial class SystemNetQuicConnection
{
    /// <summary>
    /// A close drops, at the other end, what its library has acknowledged and its reader has not taken yet. So a close that comes this soon after
    /// the last acknowledgement waits for the rest of it; a peer that has answered has read, and is not waited for.
    /// </summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);

    private TransportCloseReason? _reason;
    private Task? _closing;
    private long _lastDelivered = long.MinValue;

    private async Task RunAsync()
    {
        // A library that answers at once must not run all of this inside the constructor.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Finish(await AcceptStreamsAsync().ConfigureAwait(false));
        SystemNetQuicStream[] left;
        lock (Gate)
            left = [.. _streams];

        await Task.WhenAll(left.Select(stream => stream.ReleaseAsync())).ConfigureAwait(false);
        await DisposeLibraryAsync().ConfigureAwait(false);
    }

    private async Task CloseOnceAsync(long code, string reason)
    {
        // Off the caller's lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await FlushAsync().ConfigureAwait(false);
        Finish(new TransportCloseReason(TransportErrorKind.ClosedLocally, code, reason, IsPeer: false));
        // It is on its way when this returns; that it is done, accepting streams tells.
        _ = CloseLibraryAsync(code);
    }

    // Waits until the peer has what was written and ended, has given it up, or had its time.
    private async Task FlushAsync()
    {
        Task[] flushes;
        lock (Gate)
            flushes = [.. _streams.Select(stream => stream.FlushedAsync())];

        using var deadline = new CancellationTokenSource(Options.CloseFlushTimeout, _timeProvider);
        try
        {
            await Task.WhenAll(flushes).WaitAsync(deadline.Token).ConfigureAwait(false);
            if (RestOfLinger() is { } rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, _timeProvider, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // It does not take it: the close goes out all the same.
        }
    }

    private TimeSpan? RestOfLinger()
    {
        lock (Gate)
        {
            long last = _streams.Where(stream => stream.IsDeliveredUnanswered).Select(stream => stream.DeliveredAt).Append(_lastDelivered).Max();
            return _reason is not null || last == long.MinValue ? null : Linger - _timeProvider.GetElapsedTime(last);
        }
    }

    private void Finish(TransportCloseReason reason)
    {
        lock (Gate)
        {
            if (_reason is not null)
                return;

            Volatile.Write(ref _reason, reason);
            foreach (SystemNetQuicStream stream in _streams)
                stream.ConnectionEnded(reason);

            SendRoomFreed.Pulse();
            ReadAheadFreed.Pulse();
        }

        _opens.Close(reason);
        _incoming.Writer.TryComplete();
        _closed.TrySetResult(reason);
    }

    private async Task CloseLibraryAsync(long code)
    {
        try
        {
            await _library.CloseAsync(code).ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            // The peer was first.
        }
    }

    private async Task DisposeLibraryAsync()
    {
        try
        {
            await _library.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            // It is gone in any case.
        }
    }
}
