using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>
/// How much each target runs: so many rounds by default, 20 s in all on two processors, or its share of ZKS_FUZZ_SECONDS. The seed is
/// ZKS_SEED or a fresh one, and printed before anything runs: the same seed gives the same inputs, round for round.
/// </summary>
internal static class FuzzPlan
{
    private const string SeedVariable = "ZKS_SEED";
    private const string SecondsVariable = "ZKS_FUZZ_SECONDS";

    /// <summary>Rounds by default, and the share of an open-ended run in percent.</summary>
    private static readonly Dictionary<string, (int Rounds, int Percent)> Targets = new(StringComparer.Ordinal)
    {
        ["messages"] = (45_000, 22),
        ["invites"] = (6_000, 5),
        ["group-records"] = (4_000, 4),
        ["blobs"] = (6_000, 4),
        ["device-cards"] = (4_000, 3),
        ["hellos"] = (2_000, 4),
        ["handshakes"] = (300, 4),
        ["sealed-frames"] = (4_000, 4),
        ["multiplexer"] = (9_000, 12),
        ["datagrams"] = (100, 10),
        ["hostile-relay"] = (60, 10),
        ["hostile-relay-quic"] = (10, 4),
        ["sessions"] = (40, 7),
        ["sessions-websocket"] = (20, 4),
        ["websocket-port"] = (40, 3),
    };

    static FuzzPlan()
    {
        int percent = Targets.Values.Sum(target => target.Percent);
        if (percent != 100)
            throw new InvalidOperationException($"The shares are {percent} percent.");
    }

    public static int Seed { get; } = Number(SeedVariable) ?? RandomNumberGenerator.GetInt32(int.MaxValue);

    private static int? Seconds { get; } = Number(SecondsVariable);

    /// <summary>The rounds of a target, with the random numbers of each.</summary>
    public static IEnumerable<(int Round, Random Random)> Rounds(string target)
    {
        (int rounds, int percent) = Targets[target];
        using CancellationTokenSource? end = Seconds is { } seconds ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds * percent / 100.0), TestClock.System) : null;
        for (int round = 0; end is null ? round < rounds : !end.IsCancellationRequested; round++)
            yield return (round, RandomOf(target, round));
    }

    /// <summary>The same for the same seed in every process: a hash of the runtime's own would not be.</summary>
    public static Random RandomOf(string target, int round)
    {
        unchecked
        {
            uint hash = 2_166_136_261;
            foreach (char c in string.Create(CultureInfo.InvariantCulture, $"{Seed}/{target}/{round}"))
                hash = (hash ^ c) * 16_777_619;

            return new Random((int)hash);
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
