using System.Collections.Immutable;
using System.Globalization;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>
/// One group's life as a seed tells it: commands at random, given to either of two silos that do not know of each other, some of them cut off
/// between decide and record or between record and apply, some silos killed. The caller does what a client does: it repeats what had no
/// definite answer. Every answer is compared with the model's.
/// </summary>
internal sealed partial class GroupStory : IDisposable
{
    // A first call may meet a stale activation, a second the planted fault.
    private const int TriesMax = 3;

    private readonly Random _random;
    private readonly FakeTimeProvider _clock;
    private readonly GroupOptions _options;
    private readonly ModelGroup _model;
    private readonly FaultyLog _log;
    private readonly GroupHost[] _hosts;
    private readonly GroupId _group;
    private readonly DeviceId[] _ids;
    private readonly RelayEpoch _strange;
    private readonly SecretBytes _seed;
    private readonly AdmissionKey _key;
    private readonly List<string> _told = [];
    private RelayEpoch _epoch;

    public GroupStory(int seed, FaultyLog log, FakeTimeProvider clock, StoryOptions limits, params GroupHost[] hosts)
    {
        _random = new Random(seed);
        _clock = clock;
        _log = log;
        _options = new GroupOptions
        {
            BlobBytesMax = 1500,
            GroupBytesMax = _random.Next(2) == 0 ? 8_000 : 1 << 20,
            DevicesMax = 4,
            DeliveredRetention = _random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(10),
            HoleRetention = _random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(30),
            TtlDefault = TimeSpan.FromHours(1),
            TtlMax = TimeSpan.FromHours(3),
            TrimInterval = TimeSpan.Zero,
        };
        limits.Value = _options;
        _model = new ModelGroup(_options);
        _hosts = hosts;
        _group = GroupId.Read(Bytes(GroupId.Size));
        _ids = [.. Enumerable.Range(0, 9).Select(_ => DeviceId.Read(Bytes(DeviceId.Size)))];
        _strange = RelayEpoch.Read(Bytes(RelayEpoch.Size));
        _seed = SecretBytes.CopyFrom(Bytes(Ed25519.SeedBytes));
        byte[] key = new byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(_seed, key);
        _key = AdmissionKey.Read(key);
    }

    public void Dispose() => _seed.Dispose();

    /// <summary>What was done, for the message of a failure.</summary>
    public IReadOnlyList<string> Told => _told;

    private ulong Now => (ulong)_clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task RunAsync(int steps)
    {
        for (int step = 0; step < steps; step++)
            await StepAsync();

        await CheckStoredAsync();
    }

    private async Task StepAsync()
    {
        _log.Next = _random.Next(8) == 0 ? Pick(LogFault.BeforeRecord, LogFault.AfterRecord, LogFault.AfterRecord, LogFault.Full, LogFault.Overloaded) : LogFault.None;
        ulong oldestMax;
        switch (_random.Next(31))
        {
            case <= 3:
                await HelloAsync();
                break;
            case <= 9:
                await PushAsync();
                break;
            case <= 13:
                await AcknowledgeAsync();
                break;
            case <= 15:
                await ReadAsync();
                break;
            case 16:
                await ListAsync();
                break;
            case 17:
                _clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 90)));
                Tell($"{Now} is the time");
                break;
            case 18:
                Tell("expire");
                while (await _log.ExpireAsync(Now, 100, Bounded.Token()) > 0)
                {
                }

                _model.Expire(Now);
                break;
            case 19 or 20:
                await DeleteAsync();
                break;
            case 21 or 22:
                await RotateAsync();
                break;
            case 23:
                await RevokeAsync();
                break;
            case 24 or 25:
                await AskRotationsAsync();
                break;
            case 26:
                await CorruptAsync();
                break;
            case 27 or 28:
                await RefillAsync();
                break;
            default:
                Tell("crash");
                await Pick(_hosts).CrashAsync();
                break;
        }

        // Only what may go is gone; how much of it, is the trimmer's choice.
        oldestMax = _model.OldestAfterTrim(Now, TimeSpan.Zero);
        if (await _log.GetStatisticsAsync(_group, Bounded.Token()) is { } stored)
        {
            Assert.Equal(_model.Head, stored.Head.Value);
            Assert.InRange(stored.Oldest.Value, _model.Oldest, oldestMax);
            _model.Oldest = stored.Oldest.Value;
            Assert.Equal(_model.BytesUsed, stored.BytesUsed);
        }
    }

    /// <summary>Asks until the answer is definite. Without a planted fault the second call meets a good activation.</summary>
    private async Task<T> AskAsync<T>(Func<IGroupGrain, Task<T>> call, Func<T, RefusalReason?> refusal, bool isRead = false)
    {
        GroupHost host = Pick(_hosts);
        if (isRead)
            await FreshenAsync(host);

        int tries = _log.Next == LogFault.None ? TriesMax - 1 : TriesMax;
        for (int i = 0; i < tries; i++)
        {
            try
            {
                T answer = await call(Grain(host)).Within();
                if (refusal(answer) is not (RefusalReason.Unavailable or RefusalReason.Overloaded or RefusalReason.StorageFull))
                    return answer;

                Tell($"  {refusal(answer)}");
            }
            catch (Exception exception) when (exception is not TimeoutException)
            {
                // Storage's, in whatever form the runtime brings it here.
                Tell("  unknown");
            }
        }

        throw new InvalidOperationException("No definite answer.");
    }

    // A reading activation may be stale, and of that nothing is promised: a refusal makes it look again first.
    private async Task FreshenAsync(GroupHost host)
    {
        var impossible = new AcknowledgeCommand { Device = _ids[0], Cursor = new Cursor(ulong.MaxValue) };
        Assert.IsType<CommandRefused>(await Grain(host).AcknowledgeAsync(impossible, CancellationToken.None).Within());
    }

    private async Task CheckStoredAsync()
    {
        StoredGroup? stored = await _log.LoadAsync(_group, Bounded.Token());
        Assert.Equal(_model.Exists, stored is not null);
        if (stored is null)
            return;

        Assert.Equal(_model.Chain.Count, stored.Chain.Length);
        Assert.Equal(_model.Devices.Count, stored.Devices.Length);
        Assert.All(stored.Devices, device =>
        {
            ModelDevice known = _model.Find(device.Device)!;
            Assert.Equal((known.Acked, known.LastSeq, known.Revoked), (device.Acked.Value, device.LastSeq.Value, device.Revoked));
            Assert.Equal(known.Accepted.TakeLast(Limits.SenderRing), device.Ring.TakeLast(Limits.SenderRing).Select(entry => KeyValuePair.Create(entry.SenderSeq.Value, entry.Cursor.Value)));
        });
    }

    private IGroupGrain Grain(GroupHost host) => host.Grains.GetGrain<IGroupGrain>(GrainKeys.Group(_group));

    private void Tell(string what) => _told.Add(what);

    private T Pick<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Name(DeviceId device) => string.Create(CultureInfo.InvariantCulture, $"device {Array.IndexOf(_ids, device)}");
}
