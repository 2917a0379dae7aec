using System.Text;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.ClientSdk.Crypto;

public sealed class PassphraseTextTests
{
    [Fact]
    public void Encode_Ascii_IsItsBytes() => AssertEncodes("correct horse"u8, "correct horse");

    [Theory]
    [InlineData("")]
    [InlineData("1234567")]
    public void Encode_FewerThanEight_IsRefused(string passphrase) => Assert.Throws<ArgumentException>(() => PassphraseText.Encode(passphrase));

    [Fact]
    public void Encode_Lengths_AreBounded()
    {
        AssertEncodes("12345678"u8, "12345678");
        string longest = new('a', PassphraseText.UnitsMax);
        AssertEncodes(Encoding.ASCII.GetBytes(longest), longest);
        Assert.Throws<ArgumentException>(() => PassphraseText.Encode(new string('a', PassphraseText.UnitsMax + 1)));
    }

    [Fact]
    public void EncodeNormal_PairsOfUnits_CountAsOneCharacter()
    {
        const string Emoji = "\U0001F600";
        Assert.Throws<ArgumentException>(() => PassphraseText.EncodeNormal(string.Concat(Enumerable.Repeat(Emoji, 7))));
        using SecretBytes eight = PassphraseText.EncodeNormal(string.Concat(Enumerable.Repeat(Emoji, 8)));
        Assert.Equal(32, eight.Length);
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
            AssertEncodes(Encoding.UTF8.GetBytes(Composed), decomposed);
            return;
        }

        Assert.Throws<ArgumentException>(() => PassphraseText.Encode(Composed));
        Assert.Throws<ArgumentException>(() => PassphraseText.Encode(decomposed));
    }

    private static void AssertEncodes(ReadOnlySpan<byte> expected, string passphrase)
    {
        using SecretBytes encoded = PassphraseText.Encode(passphrase);
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(encoded.Span));
    }
}
