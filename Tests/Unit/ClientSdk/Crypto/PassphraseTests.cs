using System.Text;
using ZeroKSync.Client.Crypto;

namespace ZeroKSync.Tests.Unit.ClientSdk.Crypto;

public sealed class PassphraseTests
{
    private const uint MiB = 1024;

    [Fact]
    public void Encode_Ascii_IsItsBytes() => Assert.Equal("correct horse"u8.ToArray(), PassphraseText.Encode("correct horse"));

    [Theory]
    [InlineData("")]
    [InlineData("1234567")]
    public void Encode_FewerThanEight_IsRefused(string passphrase) => Assert.Throws<ArgumentException>(() => PassphraseText.Encode(passphrase));

    [Fact]
    public void Encode_Lengths_AreBounded()
    {
        Assert.Equal(8, PassphraseText.Encode("12345678").Length);
        Assert.Equal(PassphraseText.UnitsMax, PassphraseText.Encode(new string('a', PassphraseText.UnitsMax)).Length);
        Assert.Throws<ArgumentException>(() => PassphraseText.Encode(new string('a', PassphraseText.UnitsMax + 1)));
    }

    [Fact]
    public void EncodeNormal_PairsOfUnits_CountAsOneCharacter()
    {
        const string Emoji = "\U0001F600";
        Assert.Throws<ArgumentException>(() => PassphraseText.EncodeNormal(string.Concat(Enumerable.Repeat(Emoji, 7))));
        Assert.Equal(32, PassphraseText.EncodeNormal(string.Concat(Enumerable.Repeat(Emoji, 8))).Length);
    }

    // Made here: metadata of an attribute would hold a replacement character in its place.
    [Fact]
    public void EncodeNormal_HalfACharacter_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => PassphraseText.EncodeNormal("12345678" + (char)0xD83D));
        Assert.Throws<ArgumentException>(() => PassphraseText.EncodeNormal((char)0xDE00 + "12345678"));
    }

    [Fact]
    public void Encode_BeyondAscii_IsNormalisedOrRefused()
    {
        const string Composed = "p\u00E4ssw\u00F6rter";
        string decomposed = "pa\u0308sswo\u0308rter";
        if (PassphraseText.IsNormalizing)
        {
            Assert.Equal(Encoding.UTF8.GetBytes(Composed), PassphraseText.Encode(decomposed));
            return;
        }

        Assert.Throws<ArgumentException>(() => PassphraseText.Encode(Composed));
        Assert.Throws<ArgumentException>(() => PassphraseText.Encode(decomposed));
    }

    [Theory]
    [InlineData(0, 19, 2)]
    [InlineData(3999, 19, 2)]
    [InlineData(4000, 46, 1)]
    [InlineData(7999, 46, 1)]
    [InlineData(8000, 64, 3)]
    [InlineData(1 << 20, 64, 3)]
    public void For_MemoryOfTheDevice_ChoosesTheTier(long totalMebibytes, uint memoryMebibytes, byte passes)
    {
        PassphraseParameters parameters = PassphraseParameters.For(totalMebibytes << 20);

        Assert.Equal(new PassphraseParameters(memoryMebibytes * MiB, passes), parameters);
        Assert.True(parameters.IsAcceptable);
    }

    [Theory]
    [InlineData(19 * MiB, 2, true)]
    [InlineData((19 * MiB) - 1, 2, false)]
    [InlineData(19 * MiB, 1, false)]
    [InlineData(46 * MiB, 1, true)]
    [InlineData((46 * MiB) - 1, 1, false)]
    [InlineData(46 * MiB, 0, false)]
    [InlineData(256 * MiB, 8, true)]
    [InlineData((256 * MiB) + 1, 8, false)]
    [InlineData(256 * MiB, 9, false)]
    [InlineData(uint.MaxValue, 1, false)]
    public void IsAcceptable_FloorAndCeiling_Hold(uint memoryKiB, byte passes, bool isAcceptable)
    {
        Assert.Equal(isAcceptable, new PassphraseParameters(memoryKiB, passes).IsAcceptable);
        if (!isAcceptable)
            Assert.Throws<ArgumentException>(() => PassphraseKey.Derive("12345678", new byte[PassphraseKey.SaltBytes], new PassphraseParameters(memoryKiB, passes)));
    }
}
