using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

using WireHello = ZeroKSync.Protocol.Messages.Hello;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class ChainChecksTests
{
    private readonly ChainChecks _checks = new();

    [Fact]
    public void Limit_OfStatements_IsWhatTheBytesHold()
    {
        SignedStatement[] most = [.. Enumerable.Repeat(new SignedStatement(new byte[Limits.StatementBytesMin], new byte[Limits.SignatureBytes]), Limits.ChainStatements)];

        Assert.Equal(140, Limits.ChainStatements);
        Assert.InRange(RotationChain.GetEncodedSize(most), 1, Limits.ChainBytes);
        Assert.True(RotationChain.GetEncodedSize([.. most, most[0]]) > Limits.ChainBytes);
    }

    [Fact]
    public void TryVerify_SameChainAgain_ChecksNothing()
    {
        WireHello hello = Group(3);

        Assert.True(_checks.TryVerify(hello, out _));
        Assert.True(_checks.TryVerify(hello, out RotationChain? chain));

        Assert.Equal(Limits.ChainStatements - 3, _checks.Left);
        Assert.Equal(3, chain.Statements.Length);
    }

    [Fact]
    public void TryVerify_LongerChain_ChecksTheRest()
    {
        WireHello hello = Group(5);

        Assert.True(_checks.TryVerify(hello with { Chain = [.. hello.Chain.Take(2)] }, out _));
        Assert.True(_checks.TryVerify(hello, out RotationChain? chain));

        Assert.Equal(Limits.ChainStatements - 5, _checks.Left);
        Assert.Equal(5, chain.Statements.Length);
    }

    [Fact]
    public void TryVerify_RestThatIsForged_IsRefused()
    {
        WireHello hello = Group(3);
        byte[] signature = hello.Chain[2].Signature.ToArray();
        signature[0] ^= 1;
        Assert.True(_checks.TryVerify(hello with { Chain = [.. hello.Chain.Take(2)] }, out _));

        Assert.False(_checks.TryVerify(hello with { Chain = [hello.Chain[0], hello.Chain[1], hello.Chain[2] with { Signature = signature }] }, out _));
        Assert.False(_checks.TryVerify(hello with { Chain = [hello.Chain[0], hello.Chain[2]] }, out _));
    }

    [Fact]
    public void TryVerify_OtherSignatureOnAKnownStatement_IsCheckedAndRefused()
    {
        WireHello hello = Group(1);
        Assert.True(_checks.TryVerify(hello, out _));

        Assert.False(_checks.TryVerify(hello with { Chain = [hello.Chain[0] with { Signature = new byte[Limits.SignatureBytes] }] }, out _));
    }

    [Fact]
    public void TryVerify_StrangersChains_CostOneChainInAll()
    {
        Assert.True(_checks.TryVerify(Group(100), out _));
        Assert.False(_checks.TryVerify(Group(100), out _));
        Assert.False(_checks.TryVerify(Group(41), out _));

        Assert.Equal(40, _checks.Left);
        Assert.True(_checks.TryVerify(Group(40), out _));
    }

    // A group of its own, so many epochs old.
    private static WireHello Group(int epochs)
    {
        SecretBytes[] seeds = [.. Enumerable.Range(0, epochs + 1).Select(_ => SecretBytes.CreateRandom(Ed25519.SeedBytes))];
        AdmissionKey[] keys = [.. seeds.Select(KeyOf)];
        GroupId group = GroupIdentity.FromOriginKey(keys[0]);
        var chain = new List<SignedStatement>();
        StatementHash previous = default;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            chain.Add(new RotationStatement(new KeyEpoch((uint)epoch), keys[epoch], previous, default, default, default, []).Sign(seeds[epoch - 1], group));
            previous = RotationStatement.Hash(chain[^1].Statement.Span);
        }

        Array.ForEach(seeds, seed => seed.Dispose());
        return new WireHello(Limits.Version, group, new KeyEpoch((uint)epochs), keys[0], chain, new byte[Limits.SignatureBytes], null, default, null, HelloFlags.None);
    }

    private static AdmissionKey KeyOf(SecretBytes seed)
    {
        byte[] key = new byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(seed, key);
        return AdmissionKey.Read(key);
    }
}
