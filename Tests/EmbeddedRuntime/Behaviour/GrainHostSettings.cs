namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

/// <summary>What the suite asks of either runtime: small bounds, so that reaching them takes little.</summary>
public static class GrainHostSettings
{
    public const int MailboxMax = 8;

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);
}
