using System.Net;
using System.Threading.Channels;

namespace ZeroKSync.Transport.InMemory;

/// <summary>One end of a connection inside this process.</summary>
public sealed class InMemoryConnection : TransportConnection
{
    private readonly TaskCompletionSource<TransportCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<InMemorySlot> _incoming;
    private readonly Signal _slotFreed = new();
    private readonly IdleTimer _idle;
    private readonly long[] _opened = new long[2];
    private readonly int[] _open = new int[2];
    private InMemoryConnection? _peer;
    private bool _vanished;
    private int _waitingOpens;
    private long _accepted;

    internal InMemoryConnection(
        InMemoryLink link, TransportConnectionOptions options, TransportConnectionOptions peerOptions, bool isListenerSide,
        IPEndPoint remote, ReadOnlyMemory<byte> certificateHash, TimeProvider timeProvider)
    {
        Link = link;
        Options = options;
        IsListenerSide = isListenerSide;
        RemoteEndPoint = remote;
        CertificateHash = certificateHash;
        Outgoing = new InMemoryFlow(peerOptions.ConnectionWindowBytes);
        // Slots return only after a stream was accepted, so the limits bound this queue.
        var limit = options.MaxInboundBidirectionalStreams + options.MaxInboundUnidirectionalStreams;
        _incoming = Channel.CreateBounded<InMemorySlot>(Math.Max(1, limit));
        var idle = options.IdleTimeout < peerOptions.IdleTimeout ? options.IdleTimeout : peerOptions.IdleTimeout;
        _idle = new IdleTimer(idle, timeProvider, OnSilence);
    }

    public override IPEndPoint RemoteEndPoint { get; }

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override Task<TransportCloseReason> Closed => _closed.Task;

    public override ConnectionStatistics Statistics
    {
        get
        {
            lock (Gate)
                return new ConnectionStatistics(TimeSpan.Zero, Outgoing.Transferred, Peer.Outgoing.Transferred, _opened[0] + _opened[1], _accepted, DatagramBytesMax: 0);
        }
    }

    internal InMemoryLink Link { get; }

    internal Lock Gate => Link.Gate;

    internal TransportConnectionOptions Options { get; }

    internal bool IsListenerSide { get; }

    internal InMemoryFlow Outgoing { get; }

    internal TransportCloseReason? CloseReason { get; private set; }

    internal InMemoryConnection Peer => _peer!;

    public override async ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (Gate)
            {
                ThrowIfClosed();
                if (Link.TryOpen(this, direction) is { } stream)
                    return stream;
                if (_waitingOpens == Options.MaxWaitingOpens)
                    throw new TransportException(TransportErrorKind.LimitReached, "Too many opens wait for the peer's stream limit.");

                _waitingOpens++;
                wait = _slotFreed.Next;
            }

            try
            {
                await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                lock (Gate)
                    _waitingOpens--;
            }
        }
    }

    public override async ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_incoming.Reader.TryRead(out var slot))
                continue;

            lock (Gate)
            {
                slot.WasAccepted = true;
                Link.Settle(slot);
            }

            return slot.AccepterView();
        }

        return null;
    }

    public override ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default)
    {
        CloseArguments.Check(code, reason);
        lock (Gate)
        {
            if (CloseReason is not null)
                return ValueTask.CompletedTask;

            End(new TransportCloseReason(TransportErrorKind.ClosedLocally, code, reason, IsPeer: false));
            if (!_vanished)
                Peer.End(new TransportCloseReason(TransportErrorKind.ClosedByPeer, code, CloseArguments.Cut(reason), IsPeer: true));
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => CloseAsync(0, string.Empty);

    /// <summary>Stops this end without a word, as a killed process or a pulled cable would: the peer finds out by its idle timeout.</summary>
    public void Vanish()
    {
        lock (Gate)
        {
            _vanished = true;
            End(new TransportCloseReason(TransportErrorKind.ClosedLocally, null, "vanished", IsPeer: false));
        }
    }

    internal static void Join(InMemoryConnection client, InMemoryConnection server)
    {
        client._peer = server;
        server._peer = client;
        client._idle.Start();
        server._idle.Start();
    }

    internal bool TryTakeStream(StreamDirection direction, out long number)
    {
        number = _opened[(int)direction];
        var limit = direction == StreamDirection.Bidirectional
            ? Peer.Options.MaxInboundBidirectionalStreams
            : Peer.Options.MaxInboundUnidirectionalStreams;
        if (_open[(int)direction] >= limit)
            return false;

        _open[(int)direction]++;
        _opened[(int)direction]++;
        return true;
    }

    internal void ReturnStream(StreamDirection direction)
    {
        _open[(int)direction]--;
        _slotFreed.Pulse();
    }

    internal void Offer(InMemorySlot slot)
    {
        if (_incoming.Writer.TryWrite(slot))
            _accepted++;
    }

    /// <summary>Something left this end: the peer has heard from it.</summary>
    internal void NoteSent()
    {
        if (!_vanished)
            Peer._idle.Heard();
    }

    internal void End(TransportCloseReason reason)
    {
        if (CloseReason is not null)
            return;

        CloseReason = reason;
        _idle.Stop();
        _incoming.Writer.TryComplete();
        _slotFreed.Pulse();
        Link.WakeAll();
        _closed.TrySetResult(reason);
    }

    private void OnSilence()
    {
        lock (Gate)
        {
            var kept = Options.KeepAliveInterval > TimeSpan.Zero || Peer.Options.KeepAliveInterval > TimeSpan.Zero;
            if (kept && !Peer._vanished)
                _idle.Heard();
            else
                End(new TransportCloseReason(TransportErrorKind.IdleTimeout, null, string.Empty, IsPeer: false));
        }
    }

    private void ThrowIfClosed()
    {
        if (CloseReason is { } reason)
            throw TransportException.Closed(reason);
    }
}
