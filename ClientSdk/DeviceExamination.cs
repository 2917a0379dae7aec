using System.Diagnostics;
using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Cryptography;
using ZeroKSync.Transport;

namespace ZeroKSync.Client;

/// <summary>What this machine can do for a device, and how its data directory stands: for people, and for a look before trouble. No secret, no id.</summary>
public sealed class DeviceExamination
{
    private DeviceExamination()
    {
    }

    /// <summary>Memory the process may use, in MiB: the machine's, or less where a container says so.</summary>
    public required long MemoryMiB { get; init; }

    /// <summary>What passphrases cost, by memory.</summary>
    public required IReadOnlyList<PassphraseTier> Tiers { get; init; }

    /// <summary>This machine's.</summary>
    public required PassphraseTier Tier { get; init; }

    /// <summary>How long one passphrase took just now.</summary>
    public required TimeSpan PassphraseTime { get; init; }

    /// <summary>By how much it raised the process's largest use of memory, in MiB; null where that was larger before.</summary>
    public required long? PassphraseMiB { get; init; }

    /// <summary>Whether passphrases beyond ASCII are taken.</summary>
    public required bool TakesEveryPassphrase { get; init; }

    /// <summary>Whether ML-KEM-768 is the system library's; else it is this library's own code.</summary>
    public required bool HasSystemMlKem { get; init; }

    /// <summary>The QUIC engine that loads here; null for none, and then relays are reached by WebSocket.</summary>
    public required string? QuicEngine { get; init; }

    /// <summary>What to install for one, where none loads.</summary>
    public required string? QuicMissing { get; init; }

    /// <summary>Whether memory with secrets is kept out of swap. If not, the limit on locked memory is too small (<c>ulimit -l</c>).</summary>
    public required bool LocksMemory { get; init; }

    /// <summary>Whether the directory holds a device.</summary>
    public required bool HasDevice { get; init; }

    /// <summary>Names in the data directory that users other than its owner may read or write, "." for itself; empty where all is well, or not known (Windows).</summary>
    public required IReadOnlyList<string> OpenToOthers { get; init; }

    /// <summary>Looks at everything; takes as long as a passphrase, and no lock: a client may be running.</summary>
    /// <param name="options">Those of the client that is meant; only the data directory and the clock matter.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.LocalStore"/>: the directory cannot be looked at.</exception>
    public static async Task<DeviceExamination> RunAsync(SyncClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        long memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        PassphraseTier tier = PassphraseParameters.TierFor(memoryBytes);
        (TimeSpan time, long? raisedMiB) = Measure(tier, options.TimeProvider ?? SyncClient.SystemClock);
        (string? engine, string? missing) = await FindEngineAsync(options).ConfigureAwait(false);
        return new DeviceExamination
        {
            MemoryMiB = memoryBytes >> 20,
            Tiers = PassphraseParameters.Tiers,
            Tier = tier,
            PassphraseTime = time,
            PassphraseMiB = raisedMiB,
            TakesEveryPassphrase = PassphraseText.IsNormalizing,
            HasSystemMlKem = MlKem768.IsSystemProvided,
            QuicEngine = engine,
            QuicMissing = missing,
            LocksMemory = SecretMemory.IsLockable(),
            HasDevice = DirectoryPermissions.HasDevice(options.DataDirectory),
            OpenToOthers = DirectoryPermissions.OpenToOthers(options.DataDirectory),
        };
    }

    // Fixed letters: what is typed does not change what it costs.
    private static (TimeSpan Time, long? RaisedMiB) Measure(PassphraseTier tier, TimeProvider time)
    {
        long before = Peak();
        long start = time.GetTimestamp();
        using (PassphraseKey.Derive("correct horse", RandomNumberGenerator.GetBytes(PassphraseKey.SaltBytes), PassphraseParameters.Of(tier)))
        {
            TimeSpan taken = time.GetElapsedTime(start);
            long raised = (Peak() - before) >> 20;
            return (taken, raised > 0 ? raised : null);
        }
    }

    private static long Peak()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static async Task<(string? Engine, string? Missing)> FindEngineAsync(SyncClientOptions options)
    {
        if (options.Transport is { } given)
            return (given.Name, null);

        try
        {
            ITransport engine = options.CreateQuic();
            await using var closing = engine.ConfigureAwait(false);
            return (engine.Name, null);
        }
        catch (TransportException exception) when (exception.Kind == TransportErrorKind.EngineUnavailable)
        {
            return (null, exception.Message);
        }
    }
}
