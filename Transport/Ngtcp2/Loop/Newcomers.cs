using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>
/// What a listener does with the first packet of somebody it does not know: refuse, ask for proof of the address, or begin a connection.
/// Before that it keeps nothing of the sender.
/// </summary>
internal sealed unsafe class Newcomers(QuicLoop loop, TransportListenerOptions options, ReadOnlyMemory<byte> certificateHash, Action<Ngtcp2Connection> handshaken)
{
    private const int TokenRoom = 256;
    private const int PacketRoom = 512;
    private const int InitialBytesMin = 1200;
    private const int TokenTypeRetry = 1;
    private const ulong RetryLifetimeNanoseconds = 10_000_000_000;
    private const ulong ConnectionRefused = 0x02;
    private const ulong InvalidToken = 0x0b;
    private const byte RetryTokenMagic = 0xb7;

    private readonly Dictionary<IPAddress, int> _halfOpenByAddress = [];
    private int _halfOpen;

    /// <summary>Refuses everybody from now on.</summary>
    public bool IsClosed { get; set; }

    public void NegotiateVersion(VersionedIdsStruct* ids, int length, PathStruct* path)
    {
        // A smaller first packet could be used to amplify.
        if (length < InitialBytesMin)
            return;

        uint version = Native.QuicVersion1;
        byte* packet = stackalloc byte[PacketRoom];
        nint written = Native.ngtcp2_pkt_write_version_negotiation(
            packet, PacketRoom, (byte)RandomNumberGenerator.GetInt32(256), ids->SourceId, ids->SourceIdLength, ids->DestinationId, ids->DestinationIdLength, &version, 1);
        Send(packet, written, path);
    }

    public void Take(byte* datagram, int length, PathStruct* path)
    {
        PacketHeaderStruct header;
        if (Native.ngtcp2_accept(&header, datagram, (nuint)length) != 0)
            return;

        NativeAddress from = NativeAddress.Copy(path->Remote.Address, path->Remote.Length);
        IPEndPoint remote = from.ToEndPoint();
        if (IsClosed || loop.ConnectionCount >= options.MaxConnections || options.Admit?.Invoke(remote) == false)
        {
            Refuse(&header, ConnectionRefused, path);
            return;
        }

        // Over the half-open limits a first packet is dropped, not answered: whoever floods gets nothing back.
        if (_halfOpen >= options.MaxHalfOpen || _halfOpenByAddress.GetValueOrDefault(remote.Address) >= options.MaxHalfOpenPerAddress)
            return;

        ConnectionIdStruct originalId = header.DestinationId;
        bool isProved = false;
        if (header.TokenLength > 0 && header.Token[0] == RetryTokenMagic)
        {
            if (!TryVerify(&header, path, &originalId))
            {
                Refuse(&header, InvalidToken, path);
                return;
            }

            isProved = true;
        }

        if (!isProved && _halfOpen >= options.RetryAtHalfOpen)
        {
            AskForProof(&header, path);
            return;
        }

        Begin(&header, &originalId, isProved, remote, datagram, length, path);
    }

    /// <summary>A handshake is done: it no longer counts as half open.</summary>
    public void Handshaken(Ngtcp2Connection connection)
    {
        EndHalfOpen(connection);
        handshaken(connection);
    }

    public void Gone(Ngtcp2Connection connection) => EndHalfOpen(connection);

    private void Begin(PacketHeaderStruct* header, ConnectionIdStruct* originalId, bool isProved, IPEndPoint remote, byte* datagram, int length, PathStruct* path)
    {
        var connection = new Ngtcp2Connection(loop, options, remote, isServer: true) { Hash = certificateHash, IsHalfOpen = true };
        _halfOpen++;
        _halfOpenByAddress[remote.Address] = _halfOpenByAddress.GetValueOrDefault(remote.Address) + 1;
        loop.Add(connection);
        if (connection.TryAccept(header, originalId, isProved ? TokenTypeRetry : 0, path))
            connection.Read(datagram, length, path);
        else
            connection.Forget();
    }

    private void EndHalfOpen(Ngtcp2Connection connection)
    {
        if (!connection.IsHalfOpen)
            return;

        connection.IsHalfOpen = false;
        _halfOpen--;
        IPAddress address = connection.RemoteEndPoint.Address;
        int left = _halfOpenByAddress[address] - 1;
        if (left == 0)
            _halfOpenByAddress.Remove(address);
        else
            _halfOpenByAddress[address] = left;
    }

    private bool TryVerify(PacketHeaderStruct* header, PathStruct* path, ConnectionIdStruct* originalId)
    {
        fixed (byte* secret = loop.Secret)
        {
            return CryptoNative.ngtcp2_crypto_verify_retry_token2(
                originalId,
                header->Token,
                header->TokenLength,
                secret,
                (nuint)loop.Secret.Length,
                header->Version,
                path->Remote.Address,
                path->Remote.Length,
                &header->DestinationId,
                RetryLifetimeNanoseconds,
                QuicLoop.Now()) == 0;
        }
    }

    private void AskForProof(PacketHeaderStruct* header, PathStruct* path)
    {
        ConnectionIdStruct id = Ngtcp2Connection.NewId();
        byte* token = stackalloc byte[TokenRoom];
        byte* packet = stackalloc byte[PacketRoom];
        fixed (byte* secret = loop.Secret)
        {
            nint tokenLength = CryptoNative.ngtcp2_crypto_generate_retry_token2(
                token, secret, (nuint)loop.Secret.Length, header->Version, path->Remote.Address, path->Remote.Length, &id, &header->DestinationId, QuicLoop.Now());
            if (tokenLength < 0)
                return;

            Send(packet, CryptoNative.ngtcp2_crypto_write_retry(packet, PacketRoom, header->Version, &header->SourceId, &id, &header->DestinationId, token, (nuint)tokenLength), path);
        }
    }

    private void Refuse(PacketHeaderStruct* header, ulong code, PathStruct* path)
    {
        byte* packet = stackalloc byte[PacketRoom];
        Send(packet, CryptoNative.ngtcp2_crypto_write_connection_close(packet, PacketRoom, header->Version, &header->SourceId, &header->DestinationId, code, null, 0), path);
    }

    private void Send(byte* packet, nint written, PathStruct* path)
    {
        if (written > 0)
            loop.Socket.Send(new ReadOnlySpan<byte>(packet, (int)written), path->Remote.Address, path->Remote.Length);
    }
}
