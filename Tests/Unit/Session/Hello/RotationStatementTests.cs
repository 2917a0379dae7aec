using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Hello;

public sealed class RotationStatementTests : IDisposable
{
    private const int CountOffset = 164;
    private const int RevokedBytes = 33;

    private readonly ChainFixture _fixture = new();

    [Fact]
    public void TryDecode_Encoded_IsTheSame()
    {
        RotationStatement statement = _fixture.Statement(2, Revoked(1), Revoked(2));
        Assert.True(RotationStatement.TryDecode(statement.Encode(), out RotationStatement? decoded));
        Assert.Equal(statement with { Revoked = decoded.Revoked }, decoded);
        Assert.Equal(statement.Revoked, decoded.Revoked);
    }

    [Fact]
    public void TryDecode_OfAnyOtherLength_IsRefused()
    {
        byte[] bytes = [.. _fixture.Statement(1, Revoked(1), Revoked(2)).Encode(), .. new byte[RevokedBytes]];
        for (int length = 0; length <= bytes.Length; length++)
            Assert.Equal(length == bytes.Length - RevokedBytes, RotationStatement.TryDecode(bytes.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(255)]
    public void TryDecode_OtherCountThanThereAre_IsRefused(byte count)
    {
        byte[] bytes = _fixture.Statement(1, Revoked(1), Revoked(2)).Encode();
        bytes[CountOffset] = count;
        Assert.False(RotationStatement.TryDecode(bytes, out _));
    }

    [Fact]
    public void TryDecode_UnknownReason_IsRefused()
    {
        byte[] bytes = _fixture.Statement(1, Revoked(1)).Encode();
        for (int reason = 0; reason <= byte.MaxValue; reason++)
        {
            bytes[^1] = (byte)reason;
            Assert.Equal(reason <= (int)RevokeReason.Compromised, RotationStatement.TryDecode(bytes, out _));
        }
    }

    // There is one encoding of a statement: the same set of devices in another order would be another hash.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void TryDecode_RevokedOutOfOrderOrTwice_IsRefused(int first, int second)
    {
        byte[] bytes = _fixture.Statement(1, Revoked(1), Revoked(2)).Encode();
        bytes[CountOffset + 1 + DeviceId.Size - 1] = (byte)first;
        bytes[^2] = (byte)second;
        Assert.False(RotationStatement.TryDecode(bytes, out _));
        Assert.Throws<InvalidOperationException>(() => _fixture.Statement(1, Revoked(first), Revoked(second)).Encode());
    }

    [Fact]
    public void Encode_MoreThanAByteCounts_Throws()
    {
        RevokedDevice[] most = [.. Enumerable.Range(0, 255).Select(Revoked)];
        Assert.True(RotationStatement.TryDecode(_fixture.Statement(1, most).Encode(), out RotationStatement? decoded));
        Assert.Equal(255, decoded.Revoked.Count);
        Assert.Throws<InvalidOperationException>(() => _fixture.Statement(1, [.. most, Revoked(255)]).Encode());
    }

    [Fact]
    public void HashMembers_AnyOrder_IsOneHash_AndOfOtherMembersAnother()
    {
        DeviceId[] members = [Revoked(1).DeviceId, Revoked(2).DeviceId, Revoked(3).DeviceId];
        Bytes32 hash = RotationStatement.HashMembers(members);
        Assert.Equal(hash, RotationStatement.HashMembers([members[2], members[0], members[1]]));
        Assert.NotEqual(hash, RotationStatement.HashMembers(members[..2]));
        Assert.NotEqual(hash, RotationStatement.HashMembers([]));
        Assert.Throws<ArgumentException>(() => RotationStatement.HashMembers([members[0], members[1], members[0]]));
    }

    [Fact]
    public void Hash_IsNotTheSignedMessages()
    {
        byte[] statement = _fixture.Statement(1).Encode();
        Assert.NotEqual(RotationStatement.Hash(statement), RotationStatement.Hash([.. statement, 0]));
        Assert.NotEqual(RotationStatement.Hash(statement).Value, RotationStatement.HashMembers([]));
    }

    public void Dispose() => _fixture.Dispose();

    // The last byte of the id tells them apart: a compare of its first bytes would take all for one.
    private static RevokedDevice Revoked(int number) =>
        new(DeviceId.Read([.. new byte[31], (byte)number]), RevokeReason.Lost);
}
