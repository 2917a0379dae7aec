using Microsoft.Extensions.Logging;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>What every session of a gateway shares.</summary>
public sealed class GatewayServices(IGrainFactory grains, X25519KeyPair relayKey, GatewayOptions options, SessionLimits limits, TimeProvider time, ILogger<GatewayServices> logger)
{
    public IGrainFactory Grains => grains;

    /// <summary>The relay's static key pair; its public half is the relay id.</summary>
    public X25519KeyPair RelayKey => relayKey;

    public RelayId RelayId { get; } = RelayId.Read(relayKey.PublicKey);

    public GatewayOptions Options => options;

    public SessionLimits Limits => limits;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public GatewayMetrics Metrics { get; } = new();
}
