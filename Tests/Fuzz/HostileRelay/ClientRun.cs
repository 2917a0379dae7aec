using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Client;
using ZeroKSync.Client.Sync;
using ZeroKSync.Client.Transport;
using ZeroKSync.Cryptography;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>Two devices of a group at one relay, which lies to the one and not to the other.</summary>
internal sealed class ClientRun : IAsyncDisposable
{
    // Enough for what was sent to be dealt with: an in-memory hop is a few of them.
    private const int Turns = 200;

    // For a session that neither end ends: its disk has done what there was to do by then.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(25);

    private readonly TempDirectory _folder = new();
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly X25519KeyPair _key = X25519.GenerateKeyPair();
    private readonly RelayLog _log = new();
    private readonly Pulse _changed = new();
    private readonly FakeTimeProvider _time;
    private RelayPort _honest = null!;
    private RelayPort _hostile = null!;
    private Member _client = null!;
    private Member _other = null!;

    private ClientRun(FakeTimeProvider time) => _time = time;

    /// <param name="time">The lied-to client's: it moves for its deadlines only.</param>
    /// <param name="lying">Between that client and the relay.</param>
    /// <param name="honest">Between the other one and the relay.</param>
    public static async Task<ClientRun> StartAsync(FakeTimeProvider time, ITransport lying, ITransport honest)
    {
        var run = new ClientRun(time);
        run._honest = await RelayPort.ListenAsync(honest, run._certificate, run._key, run._log);
        run._hostile = await RelayPort.ListenAsync(lying, run._certificate, run._key, run._log);
        run._other = new Member(await SyncClient.OpenAsync(new SyncClientOptions { DataDirectory = run._folder.Sub("other"), DeviceName = "other", Transport = honest, WebSocketDelay = null }), run._changed);
        run._client = new Member(
            await SyncClient.OpenAsync(new SyncClientOptions
            {
                DataDirectory = run._folder.Sub("client"),
                DeviceName = "client",
                Transport = lying,
                WebSocketDelay = null,
                TimeProvider = time,
                AutoConnect = false,
                Relays = [run._hostile.Address],
            }),
            run._changed);
        await run._other.Client.CreateGroupAsync([run._honest.Address], Bounded.Token());
        await run._other.Client.ConnectAsync(Bounded.Token());
        Invite invite = await run._other.Client.CreateInviteAsync(cancellationToken: Bounded.Token());
        await run._client.Client.JoinAsync(invite.Link, Bounded.Token());
        run._client.Read(run._other);
        run._other.Read(run._client);
        return run;
    }

    /// <summary>One session with lies, in which both push, and one without, after which both are level.</summary>
    public async Task RoundAsync(Random random)
    {
        await _client.DisconnectAsync();
        var lies = new Lies(random);
        _hostile.Lies = lies;
        await _client.PushAsync(random, random.Next(3));
        await _other.PushAsync(random, random.Next(3));
        Task connecting = _client.Client.ConnectAsync();
        await Task.WhenAny(connecting, lies.Told).Within();
        await TurnsAsync(connecting);
        // Whatever it waits for: no longer than this.
        await Bounded.UntilAsync(() =>
        {
            if (!connecting.IsCompleted)
                _time.Advance(RelayLink.OpenDeadline);

            return connecting.IsCompleted;
        });
        if (connecting.Exception is { } failure && failure.InnerException is not SyncException)
            throw new BrokenPromiseException($"connecting failed in no known way: {failure.InnerException}");

        await _client.PushAsync(random, random.Next(3));
        await _other.PushAsync(random, random.Next(3));
        await EndOrPatienceAsync(lies.Over);

        await _client.DisconnectAsync();
        _hostile.Lies = null;
        await _client.PushAsync(random, 1);
        await _other.PushAsync(random, 1);
        await _client.Client.ConnectAsync(Bounded.Token());
        await _client.LevelAsync(_other);
        await _other.LevelAsync(_client);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _other.DisposeAsync();
        await _hostile.DisposeAsync();
        await _honest.DisposeAsync();
        _key.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private static async Task EndOrPatienceAsync(Task over)
    {
        try
        {
            await over.Within(Patience);
        }
        catch (TimeoutException)
        {
            // It goes on as long as it is let.
        }
    }

    private static async Task TurnsAsync(Task over)
    {
        for (int turns = 0; turns < Turns && !over.IsCompleted; turns++)
            await Task.Yield();
    }
}
