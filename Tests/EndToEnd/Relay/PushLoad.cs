using System.Net;
using ZeroKSync.Bench.Relay;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>Several groups whose devices all push at once, to one relay after another on the same directory.</summary>
internal sealed class PushLoad : IDisposable
{
    private readonly ITransport _transport;
    private readonly RawGroup[] _groups;
    private readonly ScriptedPusher[][] _pushers;
    private readonly List<RawSession> _sessions = [];
    private int _acknowledged;

    /// <param name="transport">Any way to the relay.</param>
    /// <param name="groups">How many.</param>
    /// <param name="devicesPerGroup">That push, each.</param>
    /// <param name="window">Unanswered pushes of a device.</param>
    /// <param name="mayBeUnavailable">Whether the relay's database comes and goes too.</param>
    public PushLoad(ITransport transport, int groups, int devicesPerGroup, int window, bool mayBeUnavailable = false)
    {
        _transport = transport;
        _groups = [.. Enumerable.Range(0, groups).Select(_ => new RawGroup())];
        _pushers = [.. _groups.Select(group => Enumerable.Range(0, devicesPerGroup).Select(_ => new ScriptedPusher(group, window) { MayBeUnavailable = mayBeUnavailable }).ToArray())];
    }

    /// <summary>Those of the present relay, group by group.</summary>
    public IReadOnlyList<RawSession> Sessions => _sessions;

    /// <summary>Blobs acknowledged, by all relays together.</summary>
    public int Acked => All.Sum(pusher => pusher.Acked);

    /// <summary>Blobs that a relay said it had already.</summary>
    public int Duplicates => All.Sum(pusher => pusher.Duplicates);

    /// <summary>What the present relay welcomed each device with.</summary>
    public IReadOnlyList<ulong> LastSequences => [.. All.Select(pusher => pusher.LastSequence)];

    private IEnumerable<ScriptedPusher> All => _pushers.SelectMany(pushers => pushers);

    public async Task ConnectAsync(RelayProcess relay)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, relay.Address.Port);
        foreach (ScriptedPusher pusher in All)
            _sessions.Add(await pusher.ConnectAsync(_transport, endPoint, relay.Address.RelayId));
    }

    /// <summary>All push until each has so many acknowledged, or the relay is gone. Returns whether all have.</summary>
    /// <param name="perDevice">All relays together.</param>
    /// <param name="mark">Acknowledgements from now on.</param>
    /// <param name="reached">Completes at the mark.</param>
    /// <param name="heldUntil">Devices that have reached the mark neither send nor receive before this; null where they go on.</param>
    public Task<bool> PushAsync(int perDevice, int mark, out Task reached, Task? heldUntil = null)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reached = signal.Task;
        int end = mark == int.MaxValue ? mark : Volatile.Read(ref _acknowledged) + mark;
        return RunAsync();

        async Task<bool> RunAsync()
        {
            bool[] all = await Task.WhenAll(All.Zip(_sessions, (pusher, session) => Task.Run(() => pusher.PushAsync(session, perDevice, () =>
            {
                if (Interlocked.Increment(ref _acknowledged) < end)
                    return Task.CompletedTask;

                signal.TrySetResult();
                return heldUntil ?? Task.CompletedTask;
            }))));
            return all.All(isDone => isDone);
        }
    }

    /// <summary>Compares every group's log with what its devices were told.</summary>
    public async Task VerifyAsync()
    {
        int at = 0;
        foreach (ScriptedPusher[] pushers in _pushers)
        {
            Dictionary<DeviceId, ScriptedPusher> devices = pushers.Select((pusher, i) => (_sessions[at + i].Device, pusher)).ToDictionary();
            await ScriptedPusher.VerifyAsync(_sessions[at], devices);
            at += pushers.Length;
        }
    }

    public async Task DisconnectAsync()
    {
        await Task.WhenAll(_sessions.Select(session => session.DisposeAsync().AsTask())).Within();
        _sessions.Clear();
    }

    public void Dispose()
    {
        foreach (ScriptedPusher pusher in All)
            pusher.Dispose();

        foreach (RawGroup group in _groups)
            group.Dispose();
    }
}
