using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Client;
using ZeroKSync.Client.Transport;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

/// <summary>A relay that says what a test wants it to, over the real handshake and frames, in memory. It keeps what it was told.</summary>
internal sealed class ScriptedRelay : IAsyncDisposable
{
    private readonly X25519KeyPair _key = X25519.GenerateKeyPair();
    // The network's own clock stands still: a test that moves the device's lets no connection run out.
    private readonly FakeTimeProvider _time = new();
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(new FakeTimeProvider());
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentQueue<SessionStreams> _sessions = [];
    private readonly FrameLimit _limit = new();
    private TransportListener? _listener;
    private TransportConnection? _connection;
    private Task _accepting = Task.CompletedTask;

    private ScriptedRelay() => Transport = new InMemoryTransport(new InMemoryNetwork(), _time);

    internal ITransport Transport { get; }

    internal RelayId Id => RelayId.Read(_key.PublicKey);

    internal RelayAddress Address => new("127.0.0.1", _listener!.LocalEndPoint.Port, Id);

    /// <summary>Where its chain stands: what WELCOME says, and which pushes it takes.</summary>
    internal KeyEpoch Epoch { get; set; }

    internal StatementHash LastStatement { get; set; }

    internal Sequence LastSeq { get; set; }

    internal SequenceLink LastLink { get; set; }

    internal List<Rotation> Rotations { get; } = [];

    internal List<PullEntry> Rows { get; } = [];

    /// <summary>Runs after a HELLO was kept and before it is answered.</summary>
    internal Action<Hello> OnHello { get; set; } = _ => { };

    /// <summary>How many sessions end, without an answer, when their device asks what there is.</summary>
    internal int DeadSessions { get; set; }

    /// <summary>Its answer to a push, where it refuses it.</summary>
    internal Func<Push, Error?> Refuse { get; set; } = _ => null;

    /// <summary>Subscriptions end with it, in order.</summary>
    internal TaskCompletionSource EndOfSubscriptions { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Subscriptions are given up with it.</summary>
    internal TaskCompletionSource ResetOfSubscriptions { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>WELCOME comes after it.</summary>
    internal Task Welcoming { get; set; } = Task.CompletedTask;

    internal ConcurrentQueue<Hello> Hellos { get; } = [];

    internal ConcurrentQueue<Cursor> Acks { get; } = [];

    internal ConcurrentQueue<(Push Push, byte[] Envelope)> Pushes { get; } = [];

    internal int RotationsAsked { get; private set; }

    internal static async Task<ScriptedRelay> StartAsync()
    {
        var relay = new ScriptedRelay();
        relay._limit.Welcomed();
        relay._listener = await relay.Transport.ListenAsync(new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = relay._certificate }, Bounded.Token());
        relay._accepting = relay.AcceptAsync();
        return relay;
    }

    /// <summary>Sends a notice in the session that was opened last.</summary>
    internal async Task NotifyAsync<T>(T notice)
        where T : class, IMessage<T>
    {
        TransportStream stream = await _connection!.OpenStreamAsync(StreamDirection.Unidirectional, _over.Token);
        SealedStream channel = await SealedStream.CreateAsync(stream, _sessions.Last(), _limit);
        await channel.SendAsync(notice, endStream: false, _over.Token);
    }

    /// <summary>Ends the session that was opened last, without a word.</summary>
    internal async Task EndSessionAsync() => await _connection!.CloseAsync((long)CloseCode.None, string.Empty, _over.Token);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _listener!.DisposeAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (SessionStreams session in _sessions)
            session.Keys.Dispose();

        _certificate.Dispose();
        _key.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (await _listener!.AcceptAsync(_over.Token) is { } connection)
        {
            _connection = connection;
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(TransportConnection connection)
    {
        TransportStream first = (await connection.AcceptStreamAsync(_over.Token))!;
        SessionKeys keys = await HandshakeLane.RunAsync(first, _key, connection.CertificateHash, _over.Token);
        var streams = new SessionStreams(keys);
        _sessions.Enqueue(streams);
        Task session = ServeStreamAsync(await SealedStream.CreateAsync(first, streams, _limit));
        while (await connection.AcceptStreamAsync(_over.Token) is { } stream)
            _ = ServeStreamAsync(await SealedStream.CreateAsync(stream, streams, _limit));

        await session;
    }

    private async Task ServeStreamAsync(SealedStream channel)
    {
        while (await channel.ReceiveAsync(_over.Token) is { } message)
            await AnswerAsync(channel, message);

        await channel.FlushAsync(endStream: true, _over.Token);
    }

    private async Task AnswerAsync(SealedStream channel, ReadOnlyMemory<byte> message)
    {
        if (MessageCodec.TryDecode(message, out Hello? hello))
        {
            Hellos.Enqueue(hello);
            OnHello(hello);
            await Welcoming;
            await channel.SendAsync(Welcome(), endStream: false, _over.Token);
        }
        else if (MessageCodec.TryDecode(message, out GetRotations? asked))
        {
            RotationsAsked++;
            await channel.SendAsync(new Rotations([.. Rotations.Skip((int)asked.AfterEpoch.Value)]), endStream: false, _over.Token);
        }
        else if (MessageCodec.TryDecode(message, out Ack? ack))
        {
            Acks.Enqueue(ack.Cursor);
            await channel.SendAsync(new Done(), endStream: false, _over.Token);
        }
        else if (MessageCodec.TryDecode(message, out Subscribe? subscribe))
        {
            PullEntry[] rows = [.. Rows.Where(row => row.Cursor > subscribe.AfterCursor)];
            Cursor head = Rows.Count == 0 ? default : Rows[^1].Cursor;
            await channel.SendAsync(new PullResponse(rows, head, HasMore: false, new Cursor(1), head), endStream: false, _over.Token);
            if (await Task.WhenAny(EndOfSubscriptions.Task, ResetOfSubscriptions.Task).WaitAsync(_over.Token) == EndOfSubscriptions.Task)
                await channel.FlushAsync(endStream: true, _over.Token);
            else
                channel.Abort(CloseCode.Unwanted);

            await Task.Delay(Timeout.InfiniteTimeSpan, _time, _over.Token);
        }
        else if (MessageCodec.TryDecode(message, out Pull? _) || MessageCodec.TryDecode(message, out ListDevices? _))
        {
            await AnswerOrEndAsync(channel, MessageCodec.TryDecode(message, out Pull? pull) ? pull : null);
        }
        else if (MessageCodec.TryDecode(message, out Push? push))
        {
            await PushAsync(channel, push);
        }
    }

    private async Task AnswerOrEndAsync(SealedStream channel, Pull? pull)
    {
        if (DeadSessions > 0)
        {
            DeadSessions--;
            await EndSessionAsync();
        }
        else if (pull is null)
        {
            await channel.SendAsync(new Devices([]), endStream: false, _over.Token);
        }
        else
        {
            Cursor head = Rows.Count == 0 ? default : Rows[^1].Cursor;
            await channel.SendAsync(new PullResponse([], head, HasMore: false, new Cursor(1), head), endStream: false, _over.Token);
        }
    }

    private async Task PushAsync(SealedStream channel, Push push)
    {
        if (push.KeyEpoch != Epoch)
        {
            await channel.SendAsync(new Error(ErrorCode.StaleKeyEpoch, "stale", null, [push.FirstSeq.Value]), endStream: false, _over.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, _over.Token);
        }

        if (Refuse(push) is { } refusal)
        {
            await channel.SendAsync(refusal, endStream: false, _over.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, _over.Token);
        }

        Pushes.Enqueue((push, push.Envelope.ToArray()));
        await channel.SendAsync(new PushAck(push.BlobId, new Cursor((ulong)Pushes.Count), 0, Duplicate: false), endStream: false, _over.Token);
    }

    private Welcome Welcome() => new(
        Limits.Version,
        Id,
        RelayEpoch.Read([.. Enumerable.Repeat((byte)1, RelayEpoch.Size)]),
        Epoch,
        LastStatement,
        new Cursor(1),
        Rows.Count == 0 ? default : Rows[^1].Cursor,
        default,
        (uint)Rows.Count,
        LastSeq,
        LastLink,
        0,
        new WelcomeLimits(1 << 20, 1 << 30, 0, 1 << 20));
}
