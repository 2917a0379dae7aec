namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>What must hold for every input did not.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
