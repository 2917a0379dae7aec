using System.Collections.Concurrent;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>
/// A relay's end of one session: it knows the right answer to everything the client asks, and gives it, or what its lies make of it.
/// </summary>
internal sealed class RelaySession(TransportConnection connection, X25519KeyPair key, RelayLog log, Lies? lies)
{
    private readonly ConcurrentBag<Task> _streams = [];
    private SessionKeys _keys = null!;
    private LookupId _lookup;

    public async Task RunAsync()
    {
        try
        {
            if (await connection.AcceptStreamAsync() is { } stream && await ShakeHandsAsync(stream) is { } keys)
            {
                _keys = keys;
                await RunAsync(new RawStream(stream, keys));
            }
        }
        catch (TransportException)
        {
            // The client left, or was told to.
        }

        await connection.DisposeAsync();
        await Task.WhenAll(_streams);
        lies?.Ended();
    }

    private async Task RunAsync(RawStream session)
    {
        Task asking = ServeAsync(session);
        while (await connection.AcceptStreamAsync() is { } stream)
            _streams.Add(ServeAsync(new RawStream(stream, _keys)));

        await asking;
    }

    private async Task<SessionKeys?> ShakeHandsAsync(TransportStream stream)
    {
        using var handshake = new HandshakeResponder(key, HandshakePrologue.ForCertificate(connection.CertificateHash.Span));
        byte[] second = new byte[HandshakeMessage.SecondBytes];
        if (await ReadAsync(stream, HandshakeMessage.FirstBytes) is not { } first || !handshake.TryReadFirst(first) || !handshake.TryWriteSecond(second))
            return null;

        byte[] frame = RawSession.Framed(second);
        await stream.WriteAsync(lies?.Handshake(frame) ?? frame);
        return await ReadAsync(stream, HandshakeMessage.ThirdBytes) is { } third && handshake.TryReadThird(third, out SessionKeys? keys) ? keys : null;
    }

    private static async Task<byte[]?> ReadAsync(TransportStream stream, int bytes)
    {
        byte[] frame = new byte[FrameHeader.Size + bytes];
        for (int at = 0; at < frame.Length;)
        {
            int count = await stream.ReadAsync(frame.AsMemory(at));
            if (count == 0)
                return null;

            at += count;
        }

        return frame[FrameHeader.Size..];
    }

    private async Task ServeAsync(RawStream stream)
    {
        try
        {
            while (await stream.ReceiveAsync() is { } message)
            {
                if (MessageCodec.TryDecode(message, out Subscribe? subscribe))
                    await PublishAsync(stream, subscribe.AfterCursor);
                else if (Answer(message) is { } answer)
                    await SayAsync(stream, answer);
            }
        }
        catch (Exception exception) when (exception is TransportException or OperationCanceledException)
        {
            // The stream or its connection is over.
        }
    }

    private byte[]? Answer(byte[] message)
    {
        if (MessageCodec.TryDecode(message, out Hello? hello))
            return MessageCodec.Encode(log.Welcome(RelayId.Read(key.PublicKey), _keys.Device, hello));
        if (MessageCodec.TryDecode(message, out Push? push))
            return lies?.Swallow(push) ?? log.Push(_keys.Device, push);
        if (MessageCodec.TryDecode(message, out InviteClaim? _))
            return MessageCodec.Encode(new Invite(log.Claim(_lookup)));
        if (MessageCodec.TryDecode(message, out Join? join))
            _lookup = join.LookupId;
        else if (MessageCodec.TryDecode(message, out InviteCreate? invite))
            log.Keep(invite);

        return MessageCodec.Encode(new Done());
    }

    private async Task PublishAsync(RawStream stream, Cursor after)
    {
        while (true)
        {
            Task moved = log.Moved;
            PullResponse page = log.Read(_keys.Device, after);
            await SayAsync(stream, MessageCodec.Encode(page));
            after = page.ThroughCursor;
            if (!page.HasMore && await Task.WhenAny(moved, connection.Closed) != moved)
                return;
        }
    }

    private Task SayAsync(RawStream stream, byte[] answer) =>
        lies is null ? stream.SendBytesAsync(answer) : lies.SayAsync(connection, _keys, stream, answer);
}
