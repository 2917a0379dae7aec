using System.Text.Json;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Vectors;

public sealed class Ed25519VectorTests
{
    [Fact]
    public void Verify_Wycheproof_AcceptsExactlyTheValid() =>
        WycheproofFile.Check("ed25519_test.json", static (group, test) =>
            Ed25519.Verify(group.GetProperty("publicKey").Bytes("pk"), test.Bytes("msg"), test.Bytes("sig")));
}
