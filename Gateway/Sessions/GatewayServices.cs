using Microsoft.Extensions.Logging;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>What every session of a gateway shares.</summary>
public sealed class GatewayServices
{
    public GatewayServices(IGrainFactory grains, X25519KeyPair relayKey, GatewayOptions options, SessionLimits limits, TimeProvider time, ILogger<GatewayServices> logger, IGroupAdmission? admission = null)
    {
        Grains = grains;
        RelayKey = relayKey;
        RelayId = RelayId.Read(relayKey.PublicKey);
        Options = options;
        Limits = limits;
        Time = time;
        Logger = logger;
        Admission = admission ?? OpenAdmission.Instance;
        Devices = new DeviceLimits(options, time);
        Memory = new MemoryBudget(options.BytesInHandMax);
        StreamAborts = new StreamAborts(Metrics, time, logger);
    }

    public IGrainFactory Grains { get; }

    /// <summary>The relay's static key pair; its public half is the relay id.</summary>
    public X25519KeyPair RelayKey { get; }

    public RelayId RelayId { get; }

    public GatewayOptions Options { get; }

    public SessionLimits Limits { get; }

    /// <summary>Who may make a group.</summary>
    public IGroupAdmission Admission { get; }

    /// <summary>The pace of devices.</summary>
    public DeviceLimits Devices { get; }

    /// <summary>Bytes in hand.</summary>
    public MemoryBudget Memory { get; }

    public Subscribers Subscribers { get; } = new();

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public GatewayMetrics Metrics { get; } = new();

    public StreamAborts StreamAborts { get; }
}
