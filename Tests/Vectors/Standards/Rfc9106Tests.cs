using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.Interop;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Vectors.Standards;

/// <summary>
/// Argon2id. The answer of RFC 9106, section 5.3, has four lanes, a secret and associated data, of which libsodium computes none. So what is
/// compared is the answers for one lane that the reference implementation publishes with its tests, as text with salts of 8 bytes, which
/// libsodium only verifies; and, for salts of 16 bytes, those of an implementation that gives the RFC's answer (Generators/argon2).
/// </summary>
public sealed class Rfc9106Tests
{
    private delegate int VerifyText(byte[] text, byte[] passphrase, ulong passphraseLength);

    [Theory]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password")]
    [InlineData("$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg", "password")]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password")]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94", "differentpassword")]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw", "password")]
    [InlineData("$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+zyJEf5PhtGiUghW9jFyw", "password")]
    public void Verify_TextsOfTheReferenceImplementation_AreRightForTheirPassphraseAlone(string text, string passphrase)
    {
        VerifyText verify = LibraryFunction();
        byte[] encoded = Encoding.ASCII.GetBytes(text + '\0');
        byte[] right = Encoding.ASCII.GetBytes(passphrase);
        byte[] wrong = Encoding.ASCII.GetBytes(passphrase + '.');

        Assert.Equal(0, verify(encoded, right, (ulong)right.Length));
        Assert.NotEqual(0, verify(encoded, wrong, (ulong)wrong.Length));
    }

    [Fact]
    public void DeriveFromBytes_AnswersOfAnotherImplementation_GiveTheirBytes()
    {
        JsonElement[] cases = [.. KnownAnswers.Open("argon2.json").GetProperty("cases").EnumerateArray()];
        Assert.Equal(7, cases.Length);
        foreach (JsonElement test in cases)
        {
            var parameters = new PassphraseParameters(test.GetProperty("memoryKiB").GetUInt32(), test.GetProperty("passes").GetByte());
            using SecretBytes secret = PassphraseKey.DeriveFromBytes(test.Bytes("passphrase"), test.Bytes("salt"), parameters);
            Assert.Equal(test.Text("secret"), Convert.ToHexStringLower(secret.Span));
        }
    }

    private static VerifyText LibraryFunction()
    {
        // Initialised by the product's own first call.
        using SecretBytes first = SecretBytes.Create(1);
        nint library = SodiumLibrary.Load(typeof(SodiumLibrary).Assembly, null);
        return Marshal.GetDelegateForFunctionPointer<VerifyText>(NativeLibrary.GetExport(library, "crypto_pwhash_argon2id_str_verify"));
    }
}
