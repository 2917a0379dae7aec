using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>Tells a peer that its connection is no longer known here (RFC 9000 section 10.3).</summary>
internal sealed unsafe class StatelessReset(QuicLoop loop)
{
    public const int TokenBytes = 16;

    /// <summary>Smallest datagram that can be one.</summary>
    public const int DatagramBytesMin = 21;

    // Answering shorter ones would let two endpoints reset each other without end.
    private const int AnsweredBytesMin = 43;
    private const int RandomBytesMax = 24;
    private const int SentBytesMax = 64;
    private const int SentPerSecondMax = 1000;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private ulong _secondBegan;
    private int _sentInSecond;

    public static UInt128 TokenOf(byte* datagram, int length) => Token(new ReadOnlySpan<byte>(datagram + length - TokenBytes, TokenBytes));

    public static UInt128 Token(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);

    public static bool TryGenerate(QuicLoop loop, ConnectionIdStruct* id, byte* token)
    {
        fixed (byte* secret = loop.Secret)
            return CryptoNative.ngtcp2_crypto_generate_stateless_reset_token(token, secret, (nuint)loop.Secret.Length, id) == 0;
    }

    public void Send(byte* datagram, int length, PathStruct* path)
    {
        if (length < AnsweredBytesMin || !MayAnswer(QuicLoop.Now()))
            return;

        ConnectionIdStruct id = default;
        id.Length = Connections.Ngtcp2Connection.OwnIdBytes;
        new ReadOnlySpan<byte>(datagram + 1, Connections.Ngtcp2Connection.OwnIdBytes).CopyTo(new Span<byte>(id.Data, ConnectionIdKey.LengthMax));
        byte* token = stackalloc byte[TokenBytes];
        byte* random = stackalloc byte[RandomBytesMax];
        byte* packet = stackalloc byte[SentBytesMax];
        RandomNumberGenerator.Fill(new Span<byte>(random, RandomBytesMax));
        if (!TryGenerate(loop, &id, token))
            return;

        nint written = Native.ngtcp2_pkt_write_stateless_reset(packet, SentBytesMax, token, random, (nuint)Math.Min(RandomBytesMax, length - TokenBytes - 2));
        if (written > 0)
            loop.Socket.Writer.Send(new ReadOnlySpan<byte>(packet, (int)written), path);
    }

    // Whoever sends nonsense gets no more work out of a loop than this.
    private bool MayAnswer(ulong now)
    {
        if (now - _secondBegan >= NanosecondsPerSecond)
        {
            _secondBegan = now;
            _sentInSecond = 0;
        }

        return _sentInSecond++ < SentPerSecondMax;
    }
}
