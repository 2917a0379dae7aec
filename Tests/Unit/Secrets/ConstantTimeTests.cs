using ZeroKSync.Tests.Unit.Architecture;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>
/// Secrets are compared in constant time. That no test can measure reliably, so the sources are asked: where keys are handled nothing compares
/// spans by a loop that stops early, and what must be compared goes through the one function made for it.
/// </summary>
public sealed class ConstantTimeTests
{
    private static readonly string[] Rooms = ["Cryptography", "Session", "ClientSdk/Crypto", "ClientSdk/Pairing"];

    // Every one of these would stop at the first difference.
    private static readonly string[] Forbidden = [".SequenceEqual(", ".SequenceCompareTo(", ".CommonPrefixLength("];

    [Theory]
    [InlineData("Cryptography/SecretBytes.cs")]
    [InlineData("ClientSdk/Crypto/BlobSealer.cs")]
    public void Compares_OfSecrets_UseTheFunctionForThem(string path) =>
        Assert.Contains("CryptographicOperations.FixedTimeEquals(", Sources.Read(path), StringComparison.Ordinal);

    [Fact]
    public void Sources_WithKeys_CompareNoBytesEarly() => Assert.Empty(Sources.CSharpWhere(
        path => Sources.IsUnder(path, Rooms) && Forbidden.Any(call => Sources.Read(path).Contains(call, StringComparison.Ordinal))));
}
