using System.Security.Cryptography;

namespace ZeroKSync.Bench.Relay;

/// <summary>What every contestant stores.</summary>
internal static class Payload
{
    public const int Bytes = 1024;

    /// <summary>Noise, as what is sealed looks.</summary>
    public static readonly byte[] Body = RandomNumberGenerator.GetBytes(Bytes);
}
