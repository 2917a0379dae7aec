using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Tests.Vectors;

/// <summary>Both implementations answer to the same tests; the one a system lacks is skipped by name.</summary>
internal static class MlKemImplementation
{
    public static TheoryData<string> All => ["managed", "platform"];

    public static MlKem768 Create(string name)
    {
        if (name == "managed")
            return new ManagedMlKem768();

        Assert.SkipUnless(PlatformMlKem768.IsSupported, "This system's cryptographic library has no ML-KEM (OpenSSL before 3.5).");
        return new PlatformMlKem768();
    }
}
