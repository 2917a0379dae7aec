using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>What the relay answers to a peer that keeps to nothing. Every test ends with the relay still serving others.</summary>
public sealed class WireTests : IAsyncLifetime
{
    private readonly ITransport _transport = TransportEngines.Create();
    private readonly List<IAsyncDisposable> _open = [];
    private RelayFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RelayFixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        using (var group = new RawGroup())
        {
            RawSession other = await ConnectAsync();
            await other.Session.AskAsync<Hello, Welcome>(group.Hello(other, create: true));
        }

        foreach (IAsyncDisposable open in _open)
            await open.DisposeAsync();

        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Push_ThenSubscribe_GivesTheRowInItsPlace()
    {
        using var group = new RawGroup();
        RawSession a = await JoinAsync(group, create: true);
        RawSession b = await JoinAsync(group);
        RawStream reading = await b.OpenAsync();
        PullResponse first = await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
        Assert.Empty(first.Entries);

        RawStream pushing = await a.OpenAsync();
        PushAck ack = await pushing.AskAsync<Push, PushAck>(Blob(1));
        PullResponse page = await reading.ReceiveAsync<PullResponse>();

        Assert.Equal((1UL, false), (ack.Cursor.Value, ack.Duplicate));
        PullEntry entry = Assert.Single(page.Entries);
        Assert.Equal((1UL, a.Device, ack.BlobId), (entry.Cursor.Value, entry.SenderId, entry.BlobId));
        await (await b.OpenAsync()).AskAsync<Ack, Done>(new Ack(new Cursor(1)));
        Assert.Equal(ErrorCode.InvalidMessage, (await (await b.OpenAsync()).AskAsync<Ack, Error>(new Ack(new Cursor(2)))).Reason);
        Assert.Equal(ErrorCode.ResyncRequired, (await (await b.OpenAsync()).AskAsync<Pull, Error>(new Pull(new Cursor(ulong.MaxValue), 0, 0, false))).Reason);
    }

    [Fact]
    public async Task R_STRANGER_Hello_SameAnswerWhetherTheGroupExists()
    {
        using var existing = new RawGroup();
        using var unknown = new RawGroup();
        using var own = new RawGroup();
        await JoinAsync(existing, create: true);
        RawSession stranger = await ConnectAsync();

        // Knows ids and origin keys, which are no secrets, and proves with a key of its own.
        byte[]? toExisting = await AskRawAsync(stranger, own.Hello(stranger) with { GroupId = existing.Id, OriginKey = existing.OriginKey });
        byte[]? toUnknown = await AskRawAsync(stranger, own.Hello(stranger) with { GroupId = unknown.Id, OriginKey = unknown.OriginKey });
        RawSession member = await ConnectAsync();
        byte[]? memberOfNothing = await AskRawAsync(member, unknown.Hello(member));

        Assert.Equal(toExisting, toUnknown);
        Assert.Equal(toExisting, memberOfNothing);
        Assert.True(MessageCodec.TryDecode(toExisting, out Error? error) && error.Reason == ErrorCode.Unauthorized);
    }

    [Fact]
    public async Task Hello_GroupIdOfAnotherOriginKey_IsUnauthorized()
    {
        using var group = new RawGroup();
        RawSession session = await ConnectAsync();
        Hello hello = group.Hello(session, create: true) with { GroupId = GroupId.Read(new byte[32]) };

        Assert.Equal(ErrorCode.Unauthorized, (await session.Session.AskAsync<Hello, Error>(hello)).Reason);
    }

    [Fact]
    public async Task Hello_ProofOfAnotherSession_IsUnauthorized()
    {
        using var group = new RawGroup();
        RawSession first = await JoinAsync(group, create: true);
        RawSession second = await ConnectAsync();

        Assert.Equal(ErrorCode.Unauthorized, (await second.Session.AskAsync<Hello, Error>(group.Hello(first))).Reason);
    }

    [Fact]
    public async Task Hello_ThreeRefused_EndsTheSession()
    {
        using var group = new RawGroup();
        RawSession session = await ConnectAsync();
        for (int i = 0; i < Limits.Hellos; i++)
            Assert.Equal(ErrorCode.Unauthorized, (await session.Session.AskAsync<Hello, Error>(group.Hello(session))).Reason);

        Assert.Equal(TransportErrorKind.ClosedByPeer, (await session.Connection.Closed.Within()).Kind);
    }

    [Fact]
    public async Task Hello_OtherVersion_NamesTheOneSpoken()
    {
        using var group = new RawGroup();
        RawSession session = await ConnectAsync();

        Error error = await session.Session.AskAsync<Hello, Error>(group.Hello(session, create: true) with { Version = 9 });

        Assert.Equal(ErrorCode.UnsupportedVersion, error.Reason);
        Assert.Equal([Limits.Version], error.Detail);
    }

    [Fact]
    public async Task Hello_InAnActiveSessionWithoutALongerChain_IsUnexpected()
    {
        using var group = new RawGroup();
        RawSession session = await JoinAsync(group, create: true);

        Assert.Equal(ErrorCode.UnexpectedMessage, (await session.Session.AskAsync<Hello, Error>(group.Hello(session))).Reason);
        await (await session.OpenAsync()).AskAsync<Push, PushAck>(Blob(1));
    }

    [Fact]
    public async Task Push_BeforeHello_IsUnexpectedAndStoresNothing()
    {
        using var group = new RawGroup();
        RawSession session = await ConnectAsync();
        Assert.Equal(ErrorCode.UnexpectedMessage, (await (await session.OpenAsync()).AskAsync<Push, Error>(Blob(1))).Reason);

        Welcome welcome = await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create: true));

        Assert.Equal((0UL, 0UL), (welcome.HeadCursor.Value, welcome.LastSeq.Value));
    }

    [Fact]
    public async Task Request_UnknownOrUnservedMessage_IsUnexpected_NonsenseIsInvalid()
    {
        using var group = new RawGroup();
        RawSession session = await JoinAsync(group, create: true);
        RawStream stream = await session.OpenAsync();

        await stream.SendBytesAsync([0x91, 0x70]);
        Assert.Equal(ErrorCode.UnexpectedMessage, (await stream.ReceiveAsync<Error>()).Reason);
        await stream.SendBytesAsync([0x91, 0x66]);
        Assert.Equal(ErrorCode.UnexpectedMessage, (await stream.ReceiveAsync<Error>()).Reason);
        Assert.Equal(ErrorCode.UnexpectedMessage, (await stream.AskAsync<Pake, Error>(new Pake(default, 0, ReadOnlyMemory<byte>.Empty))).Reason);
        await stream.SendBytesAsync([0xff, 0x00, 0x13]);
        Assert.Equal(ErrorCode.InvalidMessage, (await stream.ReceiveAsync<Error>()).Reason);
        await stream.SendBytesAsync([0x91, (byte)MessageCode.Ack]);
        Assert.Equal(ErrorCode.InvalidMessage, (await stream.ReceiveAsync<Error>()).Reason);
        await stream.AskAsync<ListDevices, Devices>(new ListDevices());
    }

    [Fact]
    public async Task A_RES_02_GiantLength_ClosesWithItsCode()
    {
        RawSession session = await ConnectAsync();

        await session.Session.Stream.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0xff }, cancellationToken: Bounded.Token());

        Assert.Equal((long)CloseCode.Length, (await session.Connection.Closed.Within()).ApplicationCode);
    }

    [Fact]
    public async Task E_ENC_01_FlippedBitInAFrame_ClosesWithItsCode()
    {
        using var group = new RawGroup();
        RawSession session = await JoinAsync(group, create: true);
        RawStream stream = await session.OpenAsync();
        byte[] frame = stream.Seal(MessageCodec.Encode(new ListDevices()));
        frame[^1] ^= 1;

        await stream.Stream.WriteAsync(frame, cancellationToken: Bounded.Token());

        Assert.Equal((long)CloseCode.Authentication, (await session.Connection.Closed.Within()).ApplicationCode);
    }

    [Fact]
    public async Task E_HS_05_BrokenHandshake_ClosesWithItsCode()
    {
        TransportConnection connection = await DialAsync();
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());

        // The right length, and nonsense in it: the relay answers the first message and cannot open the third.
        await stream.WriteAsync(RawSession.Framed(RandomNumberGenerator.GetBytes(64)), cancellationToken: Bounded.Token());

        Assert.Equal((long)CloseCode.Handshake, (await connection.Closed.Within()).ApplicationCode);
    }

    [Fact]
    public async Task Session_UnwantedStream_IsAbortedAndTheSessionLives()
    {
        using var group = new RawGroup();
        RawSession session = await JoinAsync(group, create: true);
        TransportStream unwanted = await session.Connection.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());

        await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (true)
                await unwanted.WriteAsync(new byte[10_000], cancellationToken: Bounded.Token());
        });

        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
    }

    [Fact]
    public async Task Push_OutOfSequence_NamesTheExpectedOneAndANewStreamGoesOn()
    {
        using var group = new RawGroup();
        RawSession session = await JoinAsync(group, create: true);
        RawStream stream = await session.OpenAsync();
        Push first = Blob(1);
        await stream.AskAsync<Push, PushAck>(first);

        Error error = await stream.AskAsync<Push, Error>(Blob(5));
        Assert.Equal((ErrorCode.OutOfSequence, 2UL), (error.Reason, error.Detail[0]));
        Assert.Null(await stream.ReceiveAsync());

        RawStream next = await session.OpenAsync();
        PushAck repeat = await next.AskAsync<Push, PushAck>(first);
        Assert.Equal((1UL, true), (repeat.Cursor.Value, repeat.Duplicate));
        Assert.Equal(2UL, (await next.AskAsync<Push, PushAck>(Blob(2))).Cursor.Value);
        Assert.Equal(ErrorCode.InvalidMessage, (await next.AskAsync<Push, Error>(Blob(3) with { KeyEpoch = new KeyEpoch(1) })).Reason);
    }

    [Fact]
    public async Task A_PROTO_03_SecondSessionOfADevice_SupersedesTheFirst()
    {
        using var group = new RawGroup();
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        RawSession first = await JoinAsync(group, create: true, new X25519KeyPair(SecretBytes.CopyFrom(secret)));

        await JoinAsync(group, create: false, new X25519KeyPair(SecretBytes.CopyFrom(secret)));

        Bye bye = await (await first.AcceptAsync()).ReceiveAsync<Bye>();
        Assert.Equal(ByeCode.Superseded, bye.Reason);
        await first.Connection.Closed.Within();
    }

    [Fact]
    public async Task Invite_ClaimedOnce_IsGoneAfterwards()
    {
        using var group = new RawGroup();
        RawSession member = await JoinAsync(group, create: true);
        var lookup = LookupId.Read(RandomNumberGenerator.GetBytes(LookupId.Size));
        byte[] record = RandomNumberGenerator.GetBytes(500);
        await (await member.OpenAsync()).AskAsync<InviteCreate, Done>(new InviteCreate(lookup, JoinKind.Invite, record, 60, 1));
        Assert.Equal(
            ErrorCode.InvalidMessage,
            (await (await member.OpenAsync()).AskAsync<InviteCreate, Error>(new InviteCreate(lookup, JoinKind.Invite, record, 0, 1))).Reason);

        RawSession joiner = await ConnectAsync();
        await joiner.Session.AskAsync<Join, Done>(new Join(lookup, JoinKind.Invite));
        Assert.Equal(ErrorCode.UnexpectedMessage, (await (await joiner.OpenAsync()).AskAsync<Push, Error>(Blob(1))).Reason);
        Assert.Equal(record, (await (await joiner.OpenAsync()).AskAsync<InviteClaim, Invite>(new InviteClaim())).Sealed.ToArray());

        foreach (LookupId id in (LookupId[])[lookup, default])
        {
            RawSession late = await ConnectAsync();
            await late.Session.AskAsync<Join, Done>(new Join(id, JoinKind.Invite));
            Assert.Equal(ErrorCode.InviteNotFound, (await (await late.OpenAsync()).AskAsync<InviteClaim, Error>(new InviteClaim())).Reason);
        }
    }

    [Fact]
    public async Task Invite_Expired_IsGoneAndStaysGone()
    {
        using var group = new RawGroup();
        RawSession member = await JoinAsync(group, create: true);
        var lookup = LookupId.Read(RandomNumberGenerator.GetBytes(LookupId.Size));
        await (await member.OpenAsync()).AskAsync<InviteCreate, Done>(new InviteCreate(lookup, JoinKind.Invite, new byte[100], 1, 1));
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        ulong created = await AskRelayTimeAsync(group, secret);

        // The relay's own clock says when, in every WELCOME.
        while (await AskRelayTimeAsync(group, secret) < created + 1000)
        {
        }

        RawSession late = await ConnectAsync();
        await late.Session.AskAsync<Join, Done>(new Join(lookup, JoinKind.Invite));
        Assert.Equal(ErrorCode.InviteNotFound, (await (await late.OpenAsync()).AskAsync<InviteClaim, Error>(new InviteClaim())).Reason);
    }

    [Fact]
    public async Task Session_DeviceJoined_IsTold()
    {
        using var group = new RawGroup();
        RawSession first = await JoinAsync(group, create: true);

        RawSession second = await JoinAsync(group);

        DeviceJoined joined = await (await first.AcceptAsync()).ReceiveAsync<DeviceJoined>();
        Assert.Equal(second.Device, joined.DeviceId);
        RawStream pushing = await second.OpenAsync();
        await pushing.AskAsync<Push, PushAck>(Blob(1));
    }

    [Fact]
    public async Task Session_WithoutASubscription_IsNotifiedAndPulls()
    {
        using var group = new RawGroup();
        RawSession writer = await JoinAsync(group, create: true);
        RawSession reader = await JoinAsync(group);
        await reader.Session.SendAsync(new Presence(PresenceStatus.Active));
        RawStream pushing = await writer.OpenAsync();
        await pushing.AskAsync<Push, PushAck>(Blob(1));

        Notify notice = await (await reader.AcceptAsync()).ReceiveAsync<Notify>();
        PullResponse theirs = await (await reader.OpenAsync()).AskAsync<Pull, PullResponse>(new Pull(default, 0, 0, Own: false));
        PullResponse own = await (await writer.OpenAsync()).AskAsync<Pull, PullResponse>(new Pull(default, 0, 0, Own: false));
        PullResponse ownToo = await (await writer.OpenAsync()).AskAsync<Pull, PullResponse>(new Pull(default, 0, 0, Own: true));

        Assert.Equal((1UL, 1u, 300u), (notice.HeadCursor.Value, notice.Count, notice.SizeBytes));
        Assert.Single(theirs.Entries);
        Assert.Empty(own.Entries);
        Assert.Equal(1UL, own.ThroughCursor.Value);
        Assert.Single(ownToo.Entries);
    }

    [Fact]
    public async Task Relay_OtherAlpn_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<TransportException>(() => DialAsync("zks/9"));

        Assert.Equal(TransportErrorKind.AlpnMismatch, exception.Kind);
    }

    private async Task<RawSession> ConnectAsync(X25519KeyPair? key = null)
    {
        RawSession session = await RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId, key);
        _open.Add(session);
        return session;
    }

    private async Task<RawSession> JoinAsync(RawGroup group, bool create = false, X25519KeyPair? key = null)
    {
        RawSession session = await ConnectAsync(key);
        await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create));
        return session;
    }

    private async Task<ulong> AskRelayTimeAsync(RawGroup group, byte[] secret)
    {
        await using RawSession session = await RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId, new X25519KeyPair(SecretBytes.CopyFrom(secret)));
        return (await session.Session.AskAsync<Hello, Welcome>(group.Hello(session))).ServerTimeMs;
    }

    private async Task<TransportConnection> DialAsync(string alpn = Limits.Alpn)
    {
        TransportConnection connection = await _transport.ConnectAsync(new TransportConnectOptions { Alpn = alpn, RemoteEndPoints = [EndPoint] }, Bounded.Token());
        _open.Add(connection);
        return connection;
    }

    private IPEndPoint EndPoint => new(IPAddress.Parse(_fixture.Relay.Address.Host), _fixture.Relay.Address.Port);

    private static async Task<byte[]?> AskRawAsync(RawSession session, Hello hello)
    {
        await session.Session.SendAsync(hello);
        return await session.Session.ReceiveAsync();
    }

    // Opaque to the relay beyond its header.
    private static Push Blob(ulong seq)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(300);
        new EnvelopeHeader(default, new Sequence(seq), default).Write(envelope);
        return new Push(BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)), default, new Sequence(seq), new Sequence(seq), 0, envelope);
    }
}
