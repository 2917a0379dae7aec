using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Hello;

public sealed class RotationChainTests : IDisposable
{
    private readonly ChainFixture _fixture = new();

    [Fact]
    public void TryVerify_WholeChain_ReachesEveryEpoch()
    {
        RotationChain chain = _fixture.Verified(3);
        Assert.Equal(new KeyEpoch(3), chain.Epoch);
        Assert.Equal(_fixture.Keys[3], chain.Key);
        Assert.Equal(_fixture.Keys[0], chain.OriginKey);
        Assert.Equal(_fixture.Group, chain.GroupId);
        for (uint epoch = 0; epoch <= 3; epoch++)
        {
            Assert.True(chain.TryGetKey(new KeyEpoch(epoch), out AdmissionKey key));
            Assert.Equal(_fixture.Keys[epoch], key);
            Assert.True(chain.TryGetStatementHash(new KeyEpoch(epoch), out StatementHash hash));
            Assert.Equal(epoch == 0 ? default : RotationStatement.Hash(_fixture.Chain[epoch - 1].Statement.Span), hash);
        }

        Assert.Equal(RotationStatement.Hash(_fixture.Chain[2].Statement.Span), chain.LastStatement);
        Assert.False(chain.TryGetKey(new KeyEpoch(4), out _));
        Assert.False(chain.TryGetKey(new KeyEpoch(uint.MaxValue), out _));
        Assert.False(chain.TryGetStatementHash(new KeyEpoch(4), out _));
    }

    [Fact]
    public void TryVerify_EmptyChain_IsTheOriginAlone()
    {
        RotationChain chain = _fixture.Verified(0);
        Assert.Equal(default, chain.Epoch);
        Assert.Equal(_fixture.Keys[0], chain.Key);
        Assert.Equal(default, chain.LastStatement);
    }

    [Fact]
    public void TryVerify_AnyBitFlipped_IsRefused()
    {
        for (int at = 0; at < 3; at++)
        {
            SignedStatement signed = _fixture.Chain[at];
            for (int bit = 0; bit < signed.Statement.Length * 8; bit++)
                Assert.False(_fixture.IsValid(With(at, signed with { Statement = ChainFixture.Flip(signed.Statement.Span, bit) })), $"statement {at}, bit {bit}");

            for (int bit = 0; bit < signed.Signature.Length * 8; bit++)
                Assert.False(_fixture.IsValid(With(at, signed with { Signature = ChainFixture.Flip(signed.Signature.Span, bit) })), $"signature {at}, bit {bit}");
        }
    }

    [Theory]
    [InlineData(1, 0, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2)]
    [InlineData(0, 2)]
    [InlineData(0, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 1, 2, 2)]
    [InlineData(0, 1, 2, 0)]
    public void TryVerify_ReorderedOmittedOrRepeated_IsRefused(params int[] order) =>
        Assert.False(_fixture.IsValid([.. order.Select(at => _fixture.Chain[at])]));

    [Fact]
    public void TryVerify_OtherGroupOrOrigin_IsRefused()
    {
        Assert.False(RotationChain.TryVerify(GroupId.Read(ChainFixture.Flip(_fixture.Group.ToArray(), 0)), _fixture.Keys[0], _fixture.Chain, out _));
        Assert.False(RotationChain.TryVerify(_fixture.Group, _fixture.Keys[1], _fixture.Chain, out _));
        Assert.False(RotationChain.TryVerify(_fixture.Group, _fixture.Keys[1], [], out _));

        // Its own origin, but statements that were signed for the first group.
        GroupId other = GroupIdentity.FromOriginKey(_fixture.Keys[1]);
        Assert.False(RotationChain.TryVerify(other, _fixture.Keys[1], _fixture.Chain[1..], out _));
    }

    // A group id is the hash of its origin key: with the right signatures and the wrong id nothing but that compare refuses.
    [Fact]
    public void TryVerify_SignedForAnIdThatIsNotItsOrigins_IsRefused()
    {
        var squatted = new GroupId(new Bytes32());
        SignedStatement signed = _fixture.Statement(1).Sign(_fixture.Seed(0), squatted);
        Assert.False(RotationChain.TryVerify(squatted, _fixture.Keys[0], [signed], out _));
    }

    [Fact]
    public void TryExtend_StatementsThatAreSignedButWrong_AreRefused()
    {
        RotationChain chain = _fixture.Verified(1);
        RotationStatement right = _fixture.Statement(2);
        Assert.True(chain.TryExtend(right.Sign(_fixture.Seed(1), _fixture.Group), out _));

        // Each is what the holder of the key could sign.
        RotationStatement[] wrong =
        [
            right with { NewEpoch = new KeyEpoch(1) },
            right with { NewEpoch = new KeyEpoch(3) },
            right with { NewEpoch = new KeyEpoch(2 + (1u << 16)) },
            right with { Previous = default },
            right with { Previous = new StatementHash(_fixture.Group.Value) },
        ];
        foreach (RotationStatement statement in wrong)
        {
            SignedStatement signed = statement.Sign(_fixture.Seed(1), _fixture.Group);
            Assert.False(chain.TryExtend(signed, out RotationChain? none));
            Assert.Null(none);
            Assert.False(_fixture.IsValid([_fixture.Chain[0], signed]));
        }
    }

    [Fact]
    public void TryExtend_SignedByAnotherEpochOrGroup_IsRefused()
    {
        RotationChain chain = _fixture.Verified(1);
        RotationStatement right = _fixture.Statement(2);
        foreach (int signer in new[] { 0, 2, 3 })
            Assert.False(chain.TryExtend(right.Sign(_fixture.Seed(signer), _fixture.Group), out _), $"epoch {signer}");

        Assert.False(chain.TryExtend(right.Sign(_fixture.Seed(1), GroupIdentity.FromOriginKey(_fixture.Keys[1])), out _));
    }

    [Fact]
    public void TryExtend_Next_IsTheLongerChainAndLeavesThisOne()
    {
        RotationChain shorter = _fixture.Verified(2);
        Assert.True(shorter.TryExtend(_fixture.Chain[2], out RotationChain? longer));
        Assert.Equal(_fixture.Verified(3).LastStatement, longer.LastStatement);
        Assert.Equal(_fixture.Keys[3], longer.Key);
        Assert.Equal(new KeyEpoch(2), shorter.Epoch);
        Assert.Equal(_fixture.Keys[2], shorter.Key);
    }

    // What is verified lies in a buffer of the wire that the next frame overwrites.
    [Fact]
    public void TryVerify_BufferOverwrittenAfterwards_KeepsWhatWasVerified()
    {
        byte[] statement = _fixture.Chain[0].Statement.ToArray();
        byte[] signature = _fixture.Chain[0].Signature.ToArray();
        Assert.True(RotationChain.TryVerify(_fixture.Group, _fixture.Keys[0], [new SignedStatement(statement, signature)], out RotationChain? chain));
        statement.AsSpan().Clear();
        signature.AsSpan().Clear();
        Assert.Equal(_fixture.Chain[0].Statement.Span, chain.Statements[0].Statement.Span);
        Assert.Equal(_fixture.Chain[0].Signature.Span, chain.Statements[0].Signature.Span);
    }

    // 140 of the smallest statements are what 32 KiB hold; one more is refused though each of its signatures is valid.
    [Fact]
    public void Chain_LongerThanItsBytes_IsRefused()
    {
        var statements = new List<SignedStatement>();
        StatementHash previous = default;
        RotationChain chain = _fixture.Verified(0);
        SignedStatement next = Next();
        while (RotationChain.GetEncodedSize([.. statements, next]) <= Limits.ChainBytes)
        {
            Assert.True(chain.TryExtend(next, out RotationChain? longer), $"statement {statements.Count + 1}");
            chain = longer;
            statements.Add(next);
            previous = longer.LastStatement;
            next = Next();
        }

        Assert.Equal(140, statements.Count);
        Assert.True(_fixture.IsValid(statements));
        Assert.False(chain.TryExtend(next, out _));
        Assert.False(_fixture.IsValid([.. statements, next]));

        SignedStatement Next() => new RotationStatement(
            new KeyEpoch((uint)statements.Count + 1), _fixture.Keys[0], previous, ChainFixture.Home, ChainFixture.Device, new Bytes32(), [])
            .Sign(_fixture.Seed(0), _fixture.Group);
    }

    public void Dispose() => _fixture.Dispose();

    private SignedStatement[] With(int at, SignedStatement changed)
    {
        SignedStatement[] chain = [.. _fixture.Chain];
        chain[at] = changed;
        return chain;
    }
}
