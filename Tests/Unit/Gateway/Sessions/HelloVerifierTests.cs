using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Tests.Unit.Session.Hello;
using HelloMessage = ZeroKSync.Protocol.Messages.Hello;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class HelloVerifierTests : IDisposable
{
    private static readonly byte[] Handshake = [.. Enumerable.Repeat((byte)0x77, 32)];
    private readonly ChainFixture _fixture = new();

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(0u, 3)]
    [InlineData(2u, 3)]
    [InlineData(3u, 3)]
    public void Verify_ProofOfAnEpochTheChainReaches_IsACommand(uint epoch, int chain)
    {
        HelloMessage hello = Hello(epoch, chain);
        (HelloCommand? command, Error? refused) = HelloVerifier.Verify(hello, ChainFixture.Device, Handshake, new ChainChecks());
        Assert.Null(refused);
        Assert.NotNull(command);
        Assert.Equal(ChainFixture.Device, command.Device);
        Assert.Equal(new KeyEpoch(epoch), command.KeyEpoch);
        Assert.Equal(_fixture.Keys[0], command.OriginKey);
        Assert.Equal(_fixture.Chain[..chain].Select(signed => signed.Statement.ToArray()), command.Chain.Select(link => link.Statement.ToArray()));
    }

    // The same device and key, in a session of its own before or beside this one: what a recorded HELLO would be.
    [Fact]
    public void Verify_ProofOfTheDevicesOtherSession_IsRefused()
    {
        HelloMessage hello = Hello(3, 3);
        byte[] other = ChainFixture.Flip(Handshake, 0);
        AssertUnauthorized(HelloVerifier.Verify(hello, ChainFixture.Device, other, new ChainChecks()));
    }

    [Fact]
    public void Verify_ProofOfAnotherDevice_IsRefused() =>
        AssertUnauthorized(HelloVerifier.Verify(Hello(3, 3), DeviceId.Read([.. Enumerable.Repeat((byte)0x03, 32)]), Handshake, new ChainChecks()));

    [Fact]
    public void Verify_AnythingThatIsNotSo_HasOneAnswer()
    {
        HelloMessage right = Hello(3, 3);
        SignedStatement[] cut = [_fixture.Chain[0], _fixture.Chain[1], _fixture.Chain[2] with { Signature = ChainFixture.Flip(_fixture.Chain[2].Signature.Span, 0) }];
        HelloMessage[] wrong =
        [
            right with { GroupId = GroupId.Read(ChainFixture.Flip(_fixture.Group.ToArray(), 255)) },
            right with { OriginKey = _fixture.Keys[1] },
            right with { GroupId = GroupIdentity.FromOriginKey(_fixture.Keys[1]), OriginKey = _fixture.Keys[1] },
            right with { Chain = cut },
            right with { Chain = [] },
            right with { Chain = _fixture.Chain[..2] },
            right with { KeyEpoch = new KeyEpoch(2) },
            right with { KeyEpoch = new KeyEpoch(4) },
            right with { KeyEpoch = new KeyEpoch(uint.MaxValue) },
            right with { Proof = ChainFixture.Flip(right.Proof.Span, 0) },
            right with { Proof = new byte[64] },
        ];
        foreach (HelloMessage hello in wrong)
            AssertUnauthorized(HelloVerifier.Verify(hello, ChainFixture.Device, Handshake, new ChainChecks()));
    }

    [Fact]
    public void Verify_OtherVersion_NamesTheOnesThereAre()
    {
        (HelloCommand? command, Error? refused) = HelloVerifier.Verify(Hello(3, 3) with { Version = Limits.Version + 1 }, ChainFixture.Device, Handshake, new ChainChecks());
        Assert.Null(command);
        Assert.Equal(ErrorCode.UnsupportedVersion, refused!.Reason);
        Assert.Equal([Limits.Version], refused.Detail);
    }

    [Fact]
    public void Verify_FrameOverwrittenAfterwards_KeepsTheCommand()
    {
        byte[] statement = _fixture.Chain[0].Statement.ToArray();
        byte[] signature = _fixture.Chain[0].Signature.ToArray();
        byte[] card = [1, 2, 3];
        HelloMessage hello = Hello(1, 1) with { Chain = [new SignedStatement(statement, signature)], DeviceCard = card };
        HelloCommand command = HelloVerifier.Verify(hello, ChainFixture.Device, Handshake, new ChainChecks()).Command!;
        Array.ForEach([statement, signature, card], bytes => bytes.AsSpan().Clear());
        Assert.Equal(_fixture.Chain[0].Statement.Span, command.Chain[0].Statement.Span);
        Assert.Equal(_fixture.Chain[0].Signature.Span, command.Chain[0].Signature.Span);
        Assert.Equal([1, 2, 3], command.DeviceCard.ToArray());
    }

    public void Dispose() => _fixture.Dispose();

    private static void AssertUnauthorized((HelloCommand? Command, Error? Refused) answer)
    {
        Assert.Null(answer.Command);
        Assert.NotNull(answer.Refused);
        Assert.Equal(ErrorCode.Unauthorized, answer.Refused.Reason);
        Assert.Empty(answer.Refused.Text);
        Assert.Null(answer.Refused.RetryAfterMs);
        Assert.Empty(answer.Refused.Detail);
    }

    private HelloMessage Hello(uint epoch, int chain) => new(
        Limits.Version,
        _fixture.Group,
        new KeyEpoch(epoch),
        _fixture.Keys[0],
        _fixture.Chain[..chain],
        HelloProof.Sign(_fixture.Seed((int)epoch), Handshake, _fixture.Group, ChainFixture.Device, new KeyEpoch(epoch)),
        null,
        new byte[16],
        null,
        HelloFlags.None);
}
