namespace ZeroKSync.Bench.Crypto;

/// <summary>One call of a line, and one of its reference, on one thread.</summary>
internal sealed record CryptoWork(Action Own, Action Reference);
