using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>The relay's own stream of a session: notices in order, and BYE at the end. It is opened with the first of them.</summary>
internal sealed class NoticeLane(TransportConnection connection, SessionStreams streams, StreamLimits limits, SessionObserver observer, Func<bool> isSubscribed) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private SealedChannel? _channel;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved = observer.HeadTold.Next;
            while (observer.Notices.TryRead(out GroupNotice? notice))
                await SendAsync(notice, cancellationToken);

            // NOTIFY is for sessions without a subscription only; what its pages show is not told again when it has ended.
            if (observer.TakeHead() is { Count: > 0 } head && !isSubscribed())
                await SendAsync(new Notify(head.HeadCursor, head.Count, head.SizeBytes), cancellationToken);

            Task<bool> noticed = observer.Notices.WaitToReadAsync(cancellationToken).AsTask();
            await Task.WhenAny(moved, noticed).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Says why the session ends; the connection's close carries it out.</summary>
    public ValueTask ByeAsync(Bye bye, CancellationToken cancellationToken) => SendAsync(bye, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_channel is { } channel)
            await channel.DisposeAsync();

        _gate.Dispose();
    }

    private ValueTask SendAsync(GroupNotice notice, CancellationToken cancellationToken) => notice switch
    {
        DeviceJoinedNotice joined => SendAsync(new DeviceJoined(joined.Device, joined.DeviceCard, joined.Lookup), cancellationToken),
        DeviceRevokedNotice revoked => SendAsync(new DeviceRevoked(revoked.Device, revoked.RevokedBy, revoked.TimestampMs, (RevokeReason)revoked.Reason), cancellationToken),
        KeyRotatedNotice rotated => SendAsync(ToMessage(rotated.Rotation), cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(notice), "Every notice has a message."),
    };

    private async ValueTask SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _channel ??= SealedChannel.Create(await connection.OpenStreamAsync(StreamDirection.Unidirectional, cancellationToken), streams, limits);
            await _channel.SendAsync(message, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static KeyRotated ToMessage(RotationRecord rotation) =>
        new(rotation.Statement.Statement, rotation.Statement.Signature, rotation.Members, rotation.Wrap);
}
