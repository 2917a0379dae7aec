using ZeroKSync.Client.Crypto;

namespace ZeroKSync.Tests.Unit.ClientSdk.Crypto;

public sealed class PassphraseParametersTests
{
    private const uint MiB = 1024;

    [Theory]
    [InlineData(0, 19, 2)]
    [InlineData(3999, 19, 2)]
    [InlineData(4000, 46, 1)]
    [InlineData(7999, 46, 1)]
    [InlineData(8000, 64, 3)]
    [InlineData(1_000_000, 64, 3)]
    public void For_MemoryOfTheDevice_IsItsTierAndAcceptable(long memoryMiB, uint argonMiB, byte passes)
    {
        var parameters = PassphraseParameters.For(memoryMiB << 20);
        Assert.Equal(new PassphraseParameters(argonMiB * MiB, passes), parameters);
        Assert.True(parameters.IsAcceptable);
    }

    [Theory]
    [InlineData((19 * MiB) - 1, 8, false)]
    [InlineData(19 * MiB, 1, false)]
    [InlineData(19 * MiB, 2, true)]
    [InlineData((46 * MiB) - 1, 1, false)]
    [InlineData(46 * MiB, 0, false)]
    [InlineData(46 * MiB, 1, true)]
    [InlineData(256 * MiB, 8, true)]
    [InlineData((256 * MiB) + 1, 8, false)]
    [InlineData(256 * MiB, 9, false)]
    [InlineData(uint.MaxValue, 1, false)]
    public void IsAcceptable_AtFloorAndCeiling_IsAsThePageSays(uint memoryKiB, byte passes, bool isAcceptable) =>
        Assert.Equal(isAcceptable, new PassphraseParameters(memoryKiB, passes).IsAcceptable);

    [Fact]
    public void Derive_PassphraseTooShort_Throws() =>
        Assert.Throws<ArgumentException>(() => PassphraseKey.Derive("7 chars", new byte[PassphraseKey.SaltBytes], PassphraseParameters.For(0)));
}
