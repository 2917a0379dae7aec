namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>An input that once broke a promise.</summary>
internal sealed record Regression(string File, byte[] Input);
