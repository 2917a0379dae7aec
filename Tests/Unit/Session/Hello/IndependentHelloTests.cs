using System.Text.Json;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using RelayLinks = ZeroKSync.Grains.Groups.SequenceLinks;
using SequenceLinks = ZeroKSync.Client.Crypto.SequenceLinks;

namespace ZeroKSync.Tests.Unit.Session.Hello;

/// <summary>Every label and layout that HELLO, rotations, deletions and links hash or sign, against the answers of another implementation.</summary>
public sealed class IndependentHelloTests : IDisposable
{
    private static readonly KeyEpoch Third = new(3);
    private readonly ChainFixture _fixture = new();

    [Fact]
    public void KeysOfAnEpoch_AreTheOtherImplementations()
    {
        JsonElement answers = _fixture.Answers;
        for (int epoch = 0; epoch < 4; epoch++)
        {
            using SecretBytes secret = ChainFixture.SecretOf(KnownAnswers.Bytes(answers.GetProperty("secrets")[epoch]));
            using var keys = new GroupKeys(new KeyEpoch((uint)epoch), secret);
            Assert.Equal(KnownAnswers.Bytes(answers.GetProperty("syncKeys")[epoch]), keys.SyncKey.Span);
            Assert.Equal(KnownAnswers.Bytes(answers.GetProperty("admissionSeeds")[epoch]), keys.AdmissionSeed.Span);
            Assert.Equal(KnownAnswers.Bytes(answers.GetProperty("admissionKeys")[epoch]), keys.AdmissionKey.ToArray());
        }
    }

    [Fact]
    public void GroupId_IsTheOtherImplementations() => Assert.Equal(_fixture.Answer("groupId"), _fixture.Group.ToArray());

    [Fact]
    public void Statements_AreTheOtherImplementations()
    {
        RevokedDevice[][] revoked =
        [
            [],
            [new RevokedDevice(Id(0x10), RevokeReason.Lost)],
            [new RevokedDevice(Id(0x20), RevokeReason.Decommissioned), new RevokedDevice(Id(0x90), RevokeReason.Compromised)],
        ];
        DeviceId[] members = [.. _fixture.Answers.GetProperty("members").EnumerateArray().Select(id => DeviceId.Read(KnownAnswers.Bytes(id)))];
        Bytes32 hash = RotationStatement.HashMembers(members.Reverse());
        Assert.Equal(_fixture.Answer("membersHash"), hash.ToArray());
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            SignedStatement signed = (_fixture.Statement(epoch, revoked[epoch - 1]) with { Members = hash }).Sign(_fixture.Seed(epoch - 1), _fixture.Group);
            Assert.Equal(_fixture.Chain[epoch - 1].Statement, signed.Statement);
            Assert.Equal(_fixture.Chain[epoch - 1].Signature, signed.Signature);
            Assert.Equal(
                KnownAnswers.Bytes(_fixture.Answers.GetProperty("chain")[epoch - 1], "hash"), RotationStatement.Hash(signed.Statement.Span).ToArray());
        }
    }

    [Fact]
    public void Proofs_AreTheOtherImplementations()
    {
        byte[] handshake = _fixture.Answer("handshakeHash");
        Assert.Equal(_fixture.Answer("helloMessage"), HelloProof.BuildMessage(handshake, _fixture.Group, ChainFixture.Device, Third));
        Assert.Equal(_fixture.Answer("helloProof"), HelloProof.Sign(_fixture.Seed(3), handshake, _fixture.Group, ChainFixture.Device, Third));
        var sequence = new Sequence(0x0102030405060708);
        Assert.Equal(_fixture.Answer("deleteMessage"), DeleteProof.BuildMessage(_fixture.Group, Third, ChainFixture.Device, sequence, ChainFixture.Blob));
        Assert.Equal(_fixture.Answer("deleteProof"), DeleteProof.Sign(_fixture.Seed(3), _fixture.Group, Third, ChainFixture.Device, sequence, ChainFixture.Blob));
        Assert.Equal(_fixture.Answer("cardAssociatedData"), CardAssociatedData.Build(_fixture.Group, Third, ChainFixture.Device));
    }

    // The client and the relay compute links apart from each other; neither may drift.
    [Fact]
    public void Links_OfClientAndRelay_AreTheOtherImplementations()
    {
        SequenceLink client = default, relay = default;
        foreach (JsonElement answer in _fixture.Answers.GetProperty("links").EnumerateArray())
        {
            var sequence = new Sequence(ulong.Parse(answer.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
            client = SequenceLinks.Next(_fixture.Group, new BlobIds(ChainFixture.Device, sequence, ChainFixture.Blob), client);
            relay = RelayLinks.Next(_fixture.Group, ChainFixture.Device, sequence, ChainFixture.Blob, relay);
            Assert.Equal(KnownAnswers.Bytes(answer, "link"), client.ToArray());
            Assert.Equal(KnownAnswers.Bytes(answer, "link"), relay.ToArray());
        }
    }

    [Fact]
    public void LastHash_OfTheRelaysChain_IsTheOtherImplementations() => Assert.Equal(
        KnownAnswers.Bytes(_fixture.Answers.GetProperty("chain")[2], "hash"),
        RotationChains.LastHash([.. _fixture.Chain.Select(signed => new ChainStatement { Statement = signed.Statement, Signature = signed.Signature })]).ToArray());

    public void Dispose() => _fixture.Dispose();

    private static DeviceId Id(byte value) => DeviceId.Read([.. Enumerable.Repeat(value, 32)]);
}
