namespace ZeroKSync.Gateway.Telemetry;

/// <summary>An option that comes from a file or the environment alone, because every process sees a command line; its value is never shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
