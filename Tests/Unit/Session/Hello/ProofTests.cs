using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Hello;

/// <summary>HELLO's and DELETE's proofs hold for exactly what they were made for.</summary>
public sealed class ProofTests : IDisposable
{
    private static readonly KeyEpoch Epoch = new(3);
    private static readonly Sequence Seq = new(9);
    private static readonly byte[] Handshake = [.. Enumerable.Repeat((byte)0x77, 32)];

    private readonly ChainFixture _fixture = new();

    [Fact]
    public void HelloProof_AnythingElseChanged_DoesNotHold()
    {
        byte[] proof = HelloProof.Sign(_fixture.Seed(3), Handshake, _fixture.Group, ChainFixture.Device, Epoch);
        Assert.True(HelloProof.Verify(_fixture.Keys[3], proof, Handshake, _fixture.Group, ChainFixture.Device, Epoch));
        Assert.False(HelloProof.Verify(_fixture.Keys[2], proof, Handshake, _fixture.Group, ChainFixture.Device, Epoch));
        Assert.False(HelloProof.Verify(_fixture.Keys[3], proof, Handshake, _fixture.Group, ChainFixture.Device, new KeyEpoch(2)));
        for (int bit = 0; bit < 256; bit++)
        {
            byte[] handshake = ChainFixture.Flip(Handshake, bit);
            GroupId group = GroupId.Read(ChainFixture.Flip(_fixture.Group.ToArray(), bit));
            DeviceId device = DeviceId.Read(ChainFixture.Flip(ChainFixture.Device.ToArray(), bit));
            Assert.False(HelloProof.Verify(_fixture.Keys[3], proof, handshake, _fixture.Group, ChainFixture.Device, Epoch), $"handshake hash, bit {bit}");
            Assert.False(HelloProof.Verify(_fixture.Keys[3], proof, Handshake, group, ChainFixture.Device, Epoch), $"group id, bit {bit}");
            Assert.False(HelloProof.Verify(_fixture.Keys[3], proof, Handshake, _fixture.Group, device, Epoch), $"device id, bit {bit}");
        }
    }

    [Fact]
    public void HelloProof_AnyBitOrLengthOfItself_DoesNotHold()
    {
        byte[] proof = HelloProof.Sign(_fixture.Seed(3), Handshake, _fixture.Group, ChainFixture.Device, Epoch);
        for (int bit = 0; bit < proof.Length * 8; bit++)
            Assert.False(Holds(ChainFixture.Flip(proof, bit)), $"bit {bit}");

        for (int length = 0; length < proof.Length; length++)
            Assert.False(Holds(proof.AsSpan(0, length)), $"length {length}");

        Assert.False(Holds([.. proof, 0]));

        bool Holds(ReadOnlySpan<byte> changed) => HelloProof.Verify(_fixture.Keys[3], changed, Handshake, _fixture.Group, ChainFixture.Device, Epoch);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void HelloProof_HandshakeHashOfAnotherLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => HelloProof.BuildMessage(new byte[length], _fixture.Group, ChainFixture.Device, Epoch));

    [Fact]
    public void DeleteProof_AnythingElseChanged_DoesNotHold()
    {
        byte[] proof = DeleteProof.Sign(_fixture.Seed(3), _fixture.Group, Epoch, ChainFixture.Device, Seq, ChainFixture.Blob);
        Assert.True(DeleteProof.Verify(_fixture.Keys[3], proof, _fixture.Group, Epoch, ChainFixture.Device, Seq, ChainFixture.Blob));
        Assert.False(DeleteProof.Verify(_fixture.Keys[2], proof, _fixture.Group, Epoch, ChainFixture.Device, Seq, ChainFixture.Blob));
        Assert.False(DeleteProof.Verify(_fixture.Keys[3], proof, _fixture.Group, new KeyEpoch(2), ChainFixture.Device, Seq, ChainFixture.Blob));
        Assert.False(DeleteProof.Verify(_fixture.Keys[3], proof, _fixture.Group, Epoch, ChainFixture.Device, new Sequence(10), ChainFixture.Blob));
        for (int bit = 0; bit < 256; bit++)
        {
            GroupId group = GroupId.Read(ChainFixture.Flip(_fixture.Group.ToArray(), bit));
            DeviceId device = DeviceId.Read(ChainFixture.Flip(ChainFixture.Device.ToArray(), bit));
            BlobId blob = BlobId.Read(ChainFixture.Flip(ChainFixture.Blob.ToArray(), bit % 128));
            Assert.False(DeleteProof.Verify(_fixture.Keys[3], proof, group, Epoch, ChainFixture.Device, Seq, ChainFixture.Blob), $"group id, bit {bit}");
            Assert.False(DeleteProof.Verify(_fixture.Keys[3], proof, _fixture.Group, Epoch, device, Seq, ChainFixture.Blob), $"sender id, bit {bit}");
            Assert.False(DeleteProof.Verify(_fixture.Keys[3], proof, _fixture.Group, Epoch, ChainFixture.Device, Seq, blob), $"blob id, bit {bit % 128}");
        }
    }

    // One signature must never stand for the other's statement.
    [Fact]
    public void Proofs_OfOneKind_DoNotHoldForTheOther()
    {
        byte[] hello = HelloProof.Sign(_fixture.Seed(3), Handshake, _fixture.Group, ChainFixture.Device, Epoch);
        byte[] deletion = DeleteProof.Sign(_fixture.Seed(3), _fixture.Group, Epoch, ChainFixture.Device, Seq, ChainFixture.Blob);
        Assert.False(DeleteProof.Verify(_fixture.Keys[3], hello, _fixture.Group, Epoch, ChainFixture.Device, Seq, ChainFixture.Blob));
        Assert.False(HelloProof.Verify(_fixture.Keys[3], deletion, Handshake, _fixture.Group, ChainFixture.Device, Epoch));
    }

    [Fact]
    public void GroupId_OfAnyOtherKey_IsAnother()
    {
        var seen = new HashSet<GroupId> { _fixture.Group };
        for (int bit = 0; bit < 256; bit++)
            Assert.True(seen.Add(GroupIdentity.FromOriginKey(AdmissionKey.Read(ChainFixture.Flip(_fixture.Keys[0].ToArray(), bit)))), $"bit {bit}");
    }

    public void Dispose() => _fixture.Dispose();
}
