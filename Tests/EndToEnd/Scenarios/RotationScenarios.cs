using System.Net;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>Rotations and revocations at a real relay, which is the group's home, with scripted devices.</summary>
public sealed class RotationScenarios : IAsyncLifetime
{
    private readonly ITransport _transport = TransportEngines.Create();
    private readonly List<IAsyncDisposable> _open = [];
    private readonly RawGroup _group = new();
    private readonly X25519KeyPair[] _keys = [X25519.GenerateKeyPair(), X25519.GenerateKeyPair(), X25519.GenerateKeyPair()];
    private RelayFixture _fixture = null!;

    private RelayId Home => _fixture.Relay.Address.RelayId;

    public async ValueTask InitializeAsync() => _fixture = await RelayFixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in _open)
            await open.DisposeAsync();

        foreach (X25519KeyPair key in _keys)
            key.Dispose();

        _group.Dispose();
        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task R_ROT_Rotate_OthersAreTold_AndOneThatWasAwayCatchesUpByItsWrap()
    {
        RawDevice a = await JoinAsync(0, create: true);
        RawDevice b = await JoinAsync(1);
        RawDevice away = await JoinAsync(2);
        await away.DisposeAsync();
        Task<RawStream> noticing = b.Session.AcceptAsync();
        DeviceId[] members = [a.Id, b.Id, away.Id];

        RotateKey rotation = _group.Rotate(a.Id, Home, members);
        await a.AskAsync<RotateKey, Done>(rotation);
        await a.AskAsync<RotateKey, Done>(rotation);

        RawStream notices = await noticing.Within();
        KeyRotated told = await NextAsync<KeyRotated>(notices);
        Assert.Equal(rotation.Statement.ToArray(), told.Statement.ToArray());
        Assert.Equal(b.Id.ToArray(), told.Wrap?.ToArray());
        Assert.Equal(members.OrderBy(member => member.Value), told.Members);
        // Under the old epoch nothing is pushed any more.
        Error stale = await (await b.Session.OpenAsync()).AskAsync<Push, Error>(RawBlobs.Make(1));
        Assert.Equal((ErrorCode.StaleKeyEpoch, "1,1"), (stale.Reason, string.Join(',', stale.Detail)));

        // Who was away proves its old epoch, and gets the rotations and nothing else.
        RawSession back = await ConnectAsync(2);
        Welcome restricted = await back.Session.AskAsync<Hello, Welcome>(_group.Hello(back, epoch: default(KeyEpoch)));
        Assert.Equal(1U, restricted.GroupKeyEpoch.Value);
        Assert.Equal(ErrorCode.UnexpectedMessage, (await (await back.OpenAsync()).AskAsync<Pull, Error>(new Pull(default, 0, 0, false))).Reason);
        Rotation missed = Assert.Single((await (await back.OpenAsync()).AskAsync<GetRotations, Rotations>(new GetRotations(default))).Entries);
        Assert.Equal(rotation.Statement.ToArray(), missed.Statement.ToArray());
        Assert.Equal(away.Id.ToArray(), missed.Wrap?.ToArray());
        Assert.Equal(3, missed.Members.Count);

        await back.Session.AskAsync<Hello, Welcome>(_group.Hello(back));
        Assert.Equal(1UL, (await (await back.OpenAsync()).AskAsync<Push, PushAck>(RawBlobs.Make(1, epoch: _group.Epoch))).Cursor.Value);
        // It has proved the epoch: its wrap is gone, the statement is not.
        Assert.Null(Assert.Single((await (await back.OpenAsync()).AskAsync<GetRotations, Rotations>(new GetRotations(default))).Entries).Wrap);
    }

    [Fact]
    public async Task R_ROTFORK_TwoRotateAtOnce_OneWins_AndAForgottenDeviceStopsARotation()
    {
        RawDevice a = await JoinAsync(0, create: true);
        RawDevice b = await JoinAsync(1);

        Error changed = await a.AskAsync<RotateKey, Error>(_group.Rotate(a.Id, Home, [a.Id]));
        Assert.Equal(ErrorCode.DevicesChanged, changed.Reason);

        using var same = new RawGroup();
        RawDevice c = await JoinAsync(0, create: true, group: same);
        RotateKey winner = same.Rotate(c.Id, Home, [c.Id]);
        await c.AskAsync<RotateKey, Done>(winner);
        RotateKey next = same.Rotate(c.Id, Home, [c.Id]);
        byte[] forged = next.Signature.ToArray();
        forged[3] ^= 1;
        Assert.Equal(ErrorCode.Unauthorized, (await c.AskAsync<RotateKey, Error>(next with { Signature = forged })).Reason);
        await c.AskAsync<RotateKey, Done>(next);
        Assert.Equal(ErrorCode.StaleKeyEpoch, (await b.AskAsync<RotateKey, Error>(OfAnotherEpoch(b.Id))).Reason);
    }

    [Fact]
    public async Task R_REVOKE_ARevokedDevice_LosesItsSessionAndItsId_AndHoldsNobodyBack()
    {
        RawDevice a = await JoinAsync(0, create: true);
        RawDevice b = await JoinAsync(1);
        RawDevice c = await JoinAsync(2);
        await a.PushAsync();
        await b.AcknowledgeAsync(1);
        Task<RawStream> noticing = c.Session.AcceptAsync();
        Task<RawStream> toldOthers = b.Session.AcceptAsync();

        await a.AskAsync<RevokeDevice, Done>(new RevokeDevice(c.Id, RevokeReason.Lost));

        Assert.Equal(ByeCode.DeviceRevoked, (await NextAsync<Bye>(await noticing.Within())).Reason);
        await c.Session.Connection.Closed.Within();
        DeviceRevoked told = await NextAsync<DeviceRevoked>(await toldOthers.Within());
        Assert.Equal((c.Id, a.Id, RevokeReason.Lost), (told.DeviceId, told.RevokedBy, told.Reason));
        RawSession back = await ConnectAsync(2);
        Assert.Equal(ErrorCode.DeviceRevoked, (await back.Session.AskAsync<Hello, Error>(_group.Hello(back))).Reason);
        Devices devices = await a.AskAsync<ListDevices, Devices>(new ListDevices());
        Assert.Equal(new[] { a.Id, b.Id }.OrderBy(id => id.Value), devices.Entries.Select(entry => entry.DeviceId));
        // All that remain have the blob: it may be deleted without force.
        await a.AskAsync<RevokeDevice, Done>(new RevokeDevice(c.Id, RevokeReason.Lost));
        Assert.Equal(ErrorCode.InvalidMessage, (await a.AskAsync<RevokeDevice, Error>(new RevokeDevice(default, RevokeReason.Lost))).Reason);

        // The rotation that must follow counts it out already.
        await a.AskAsync<RotateKey, Done>(_group.Rotate(a.Id, Home, [a.Id, b.Id], c.Id));
        Assert.Equal(ErrorCode.DeviceRevoked, (await HelloAgainAsync()).Reason);
    }

    private async Task<Error> HelloAgainAsync()
    {
        RawSession session = await ConnectAsync(2);
        return await session.Session.AskAsync<Hello, Error>(_group.Hello(session));
    }

    private RotateKey OfAnotherEpoch(DeviceId rotator) => _group.Rotate(rotator, Home, [rotator]);

    private static async Task<T> NextAsync<T>(RawStream notices)
        where T : class, IMessage<T>
    {
        while (true)
        {
            byte[] message = await notices.ReceiveAsync().Within() ?? throw new InvalidOperationException("The notices ended.");
            if (MessageCodec.TryDecode(message, out T? wanted))
                return wanted;
        }
    }

    private async Task<RawDevice> JoinAsync(int key, bool create = false, RawGroup? group = null)
    {
        RawDevice device = await RawDevice.JoinAsync(await ConnectAsync(key), group ?? _group, create);
        return device;
    }

    private async Task<RawSession> ConnectAsync(int key)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(_fixture.Relay.Address.Host), _fixture.Relay.Address.Port);
        RawSession session = await RawSession.ConnectAsync(_transport, endPoint, Home, new X25519KeyPair(SecretBytes.CopyFrom(_keys[key].SecretKey.Span)));
        _open.Add(session);
        return session;
    }
}
