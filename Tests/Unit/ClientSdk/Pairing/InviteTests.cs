using System.Buffers.Text;
using System.Text;
using ZeroKSync.Client;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Pairing;

public sealed class InviteTests
{
    private static readonly RelayId Relay = RelayId.Read([.. Enumerable.Repeat((byte)5, 32)]);
    private static readonly LookupId Lookup = LookupId.Read([.. Enumerable.Repeat((byte)6, 16)]);

    [Fact]
    public void Encode_Fields_StandInTheirOrder()
    {
        using InvitePayload payload = Payload();

        string json = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload.Encode()));

        Assert.Equal(
            $$"""{"v":3,"r":[["relay.example:4433","{{Base64Url.EncodeToString(Relay.ToArray())}}"]],"l":"{{Base64Url.EncodeToString(Lookup.ToArray())}}","k":"{{Base64Url.EncodeToString(new byte[32])}}","x":123}""",
            json);
        Assert.True(InvitePayload.TryDecode(payload.Encode(), out InvitePayload? decoded));
        Assert.Equal(("relay.example:4433", Lookup, 123L), (decoded.Relays[0].HostAndPort, decoded.Lookup, decoded.ExpiresMs));
        decoded.Dispose();
    }

    [Fact]
    public void Encode_EightRelaysOfTheLongestNames_HasRoom()
    {
        var relay = new RelayAddress(new string('\u00e4', RelayAddress.MaxHostLength), ushort.MaxValue, Relay);
        using var payload = new InvitePayload([.. Enumerable.Repeat(relay, 8)], Lookup, SecretBytes.Create(32), long.MaxValue);

        Assert.True(payload.Encode().Length > InvitePayload.TextLengthMax);
    }

    [Fact]
    public void TryDecode_KeyOfAnInvite_IsReadFromItsBytes()
    {
        using var payload = new InvitePayload([new RelayAddress("relay.example", 4433, Relay)], Lookup, SecretBytes.CreateRandom(32), 123);

        Assert.True(InvitePayload.TryDecode(payload.Encode(), out InvitePayload? decoded));

        using (decoded)
            Assert.True(decoded.Key.FixedTimeEquals(payload.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("""[]""")]
    [InlineData("""{"v":2}""")]
    [InlineData("""{"v":"3"}""")]
    [InlineData("""{"v":3,"r":[],"l":"","k":"","x":1}""")]
    [InlineData("""{"v":3,"r":[["x"]],"l":"BgYGBgYGBgYGBgYGBgYGBg","k":"AAAA","x":1}""")]
    [InlineData("""{"v":3,"r":[["a:1","BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"]],"l":"BgYGBgYGBgYGBgYGBgYGBg","k":"AAAA","x":1}""")]
    [InlineData("""{"v":3,"r":[["a:1","BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"]],"l":"BgYGBgYGBgYGBgYGBgYGBg","k":7,"x":1}""")]
    [InlineData("""{"v":3""")]
    public void TryDecode_AnythingElse_IsRefused(string text)
    {
        Assert.False(InvitePayload.TryDecode(text, out _));
        Assert.False(InvitePayload.TryDecode(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text)), out _));
        Assert.False(InvitePayload.TryDecode(new string('A', InvitePayload.TextLengthMax + 1), out _));
    }

    [Fact]
    public void TryOpen_SealedRecord_OpensWithItsKeyAndLookupOnly()
    {
        using GroupRecord record = GroupRecord.Create(Relay, default);
        using SecretBytes key = SecretBytes.CreateRandom(32);
        using SecretBytes other = SecretBytes.CreateRandom(32);
        byte[] sealedRecord = InviteSealer.Seal(key, Lookup, record);

        Assert.True(InviteSealer.TryOpen(key, Lookup, sealedRecord, out GroupRecord? opened));
        using (opened)
        {
            Assert.Equal((record.GroupId, record.OriginKey, Relay), (opened.GroupId, opened.OriginKey, opened.HomeRelay));
            Assert.True(opened.Secrets[0].Secret.FixedTimeEquals(record.Secrets[0].Secret));
        }

        Assert.False(InviteSealer.TryOpen(other, Lookup, sealedRecord, out _));
        Assert.False(InviteSealer.TryOpen(key, default, sealedRecord, out _));
        for (int i = 0; i < sealedRecord.Length; i++)
        {
            sealedRecord[i] ^= 1;
            Assert.False(InviteSealer.TryOpen(key, Lookup, sealedRecord, out _), $"byte {i}");
            sealedRecord[i] ^= 1;
            Assert.False(InviteSealer.TryOpen(key, Lookup, sealedRecord.AsSpan(0, i), out _), $"length {i}");
        }
    }

    [Fact]
    public void TryDecode_RecordWhoseSecretIsNotTheGroups_IsRefused()
    {
        using GroupRecord record = GroupRecord.Create(Relay, default);
        using SecretBytes bytes = record.Encode();
        byte[] changed = bytes.Span.ToArray();
        int refused = 0;
        for (int i = 0; i < changed.Length; i++)
        {
            changed[i] ^= 1;
            if (!GroupRecord.TryDecode(changed, out GroupRecord? decoded))
                refused++;
            else
                decoded.Dispose();

            changed[i] ^= 1;
        }

        // Home relay and creator are words of the sealer, bound to nothing but the seal; everything else is.
        Assert.Equal(changed.Length - RelayId.Size - DeviceId.Size, refused);
    }

    [Fact]
    public void ToString_NothingSecret_IsShown()
    {
        using InvitePayload payload = Payload();
        var invite = new Invite("id", payload.Encode(), default, () => string.Empty, () => []);

        Assert.DoesNotContain(payload.Encode(), invite.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("relay.example", payload.Relays[0].ToString(), StringComparison.Ordinal);
    }

    private static InvitePayload Payload() => new([new RelayAddress("relay.example", 4433, Relay)], Lookup, SecretBytes.Create(32), 123);
}
