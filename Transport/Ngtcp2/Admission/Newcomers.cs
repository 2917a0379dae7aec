using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Transport.Admission;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Transport.Ngtcp2.Admission;

/// <summary>
/// What a listener does with the first packet of somebody it does not know: refuse, ask for proof of the address, or begin a connection.
/// Before that it keeps nothing of the sender. One for each loop, on its thread; what they share is the listener's.
/// </summary>
internal sealed unsafe class Newcomers(QuicLoop loop, Ngtcp2Listener listener)
{
    private const int PacketRoom = 512;
    private const int InitialBytesMin = 1200;
    private const ulong ConnectionRefused = 0x02;
    private const ulong InvalidToken = 0x0b;

    private readonly TransportListenerOptions _options = listener.Options;

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

    public void Take(byte* datagram, int length, PathStruct* path, byte ecn)
    {
        PacketHeaderStruct header;
        if (Native.ngtcp2_accept(&header, datagram, (nuint)length) != 0)
            return;

        NativeAddress from = NativeAddress.Copy(path->Remote.Address, path->Remote.Length);
        IPEndPoint remote = from.ToEndPoint();
        if (listener.GateRefusal(remote) is { } closed)
        {
            Refuse(&header, ConnectionRefused, closed, path);
            return;
        }

        ConnectionIdStruct originalId = header.DestinationId;
        AddressProof proof = AddressTokens.Verify(loop.Secret, &header, path, &originalId);
        if (proof == AddressProof.Forged)
        {
            Refuse(&header, InvalidToken, ConnectionRefusal.InvalidToken, path);
            return;
        }

        switch (listener.Admission.Decide(remote.Address, proof != AddressProof.None, QuicLoop.Now(), out ConnectionRefusal refusal))
        {
            case AdmissionAnswer.Begin:
                Begin(&header, &originalId, proof, remote, datagram, length, path, ecn);
                break;
            case AdmissionAnswer.AskForProof:
                AskForProof(&header, path);
                break;
            default:
                Refuse(&header, ConnectionRefused, refusal, path);
                break;
        }
    }

    /// <summary>A handshake is done: it no longer counts as half open.</summary>
    public void Handshaken(Ngtcp2Connection connection)
    {
        EndHalfOpen(connection);
        listener.Offer(connection);
    }

    public void Gone(Ngtcp2Connection connection) => EndHalfOpen(connection);

    private void Begin(PacketHeaderStruct* header, ConnectionIdStruct* originalId, AddressProof proof, IPEndPoint remote, byte* datagram, int length, PathStruct* path, byte ecn)
    {
        var connection = new Ngtcp2Connection(loop, _options, remote, isServer: true) { Hash = listener.CertificateHash, IsHalfOpen = true };
        loop.Add(connection);
        if (connection.TryAccept(header, originalId, proof, path))
            connection.Read(datagram, length, path, ecn);
        else
            connection.Forget();
    }

    private void EndHalfOpen(Ngtcp2Connection connection)
    {
        if (!connection.IsHalfOpen)
            return;

        connection.IsHalfOpen = false;
        listener.Admission.Ended(connection.RemoteEndPoint.Address);
    }

    private void AskForProof(PacketHeaderStruct* header, PathStruct* path)
    {
        ConnectionIdStruct id = loop.NewId();
        byte* packet = stackalloc byte[PacketRoom];
        Send(packet, AddressTokens.WriteRetry(loop.Secret, header, &id, packet, PacketRoom, path), path);
        listener.ProofAsked();
    }

    private void Refuse(PacketHeaderStruct* header, ulong code, ConnectionRefusal refusal, PathStruct* path)
    {
        byte* packet = stackalloc byte[PacketRoom];
        Send(packet, CryptoNative.ngtcp2_crypto_write_connection_close(packet, PacketRoom, header->Version, &header->SourceId, &header->DestinationId, code, null, 0), path);
        listener.Refused(refusal);
    }

    private void Send(byte* packet, nint written, PathStruct* path)
    {
        if (written > 0)
            loop.Socket.Writer.Send(new ReadOnlySpan<byte>(packet, (int)written), path);
    }
}
