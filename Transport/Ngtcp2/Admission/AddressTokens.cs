using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Transport.Ngtcp2.Admission;

/// <summary>Tokens by which a client proves its address (RFC 9000 section 8.1): sealed with the listener's secret, so nothing is kept for them.</summary>
internal static unsafe class AddressTokens
{
    /// <summary>How long a token from an earlier connection is taken, in ns: one day.</summary>
    public const ulong EarlierLifetimeNanoseconds = 24UL * 3600 * 1_000_000_000;

    private const int TokenRoom = 256;
    private const ulong RetryLifetimeNanoseconds = 10_000_000_000;
    private const byte RetryMagic = 0xb7;
    private const byte EarlierMagic = 0x36;

    /// <param name="originalId">Gets the id of the first packet that the Retry answered.</param>
    public static AddressProof Verify(ReadOnlySpan<byte> secret, PacketHeaderStruct* header, PathStruct* path, ConnectionIdStruct* originalId)
    {
        if (header->TokenLength == 0)
            return AddressProof.None;

        fixed (byte* key = secret)
        {
            nuint keyLength = (nuint)secret.Length;
            if (header->Token[0] == RetryMagic)
            {
                return CryptoNative.ngtcp2_crypto_verify_retry_token2(
                    originalId, header->Token, header->TokenLength, key, keyLength, header->Version, path->Remote.Address, path->Remote.Length, &header->DestinationId, RetryLifetimeNanoseconds, QuicLoop.Now()) == 0
                    ? AddressProof.Retry
                    : AddressProof.Forged;
            }

            // One that does not verify counts as none: it may be from before a restart, or of another network (RFC 9000 section 8.1.3).
            return header->Token[0] == EarlierMagic
                && CryptoNative.ngtcp2_crypto_verify_regular_token(
                    header->Token, header->TokenLength, key, keyLength, path->Remote.Address, path->Remote.Length, EarlierLifetimeNanoseconds, QuicLoop.Now()) == 0
                    ? AddressProof.Earlier
                    : AddressProof.None;
        }
    }

    /// <returns>Length of the Retry packet, or less than 1.</returns>
    public static nint WriteRetry(ReadOnlySpan<byte> secret, PacketHeaderStruct* header, ConnectionIdStruct* id, byte* packet, nuint room, PathStruct* path)
    {
        byte* token = stackalloc byte[TokenRoom];
        fixed (byte* key = secret)
        {
            nint tokenLength = CryptoNative.ngtcp2_crypto_generate_retry_token2(
                token, key, (nuint)secret.Length, header->Version, path->Remote.Address, path->Remote.Length, id, &header->DestinationId, QuicLoop.Now());
            return tokenLength < 0
                ? tokenLength
                : CryptoNative.ngtcp2_crypto_write_retry(packet, room, header->Version, &header->SourceId, id, &header->DestinationId, token, (nuint)tokenLength);
        }
    }

    /// <summary>Gives a client whose handshake is done a token for its next connection.</summary>
    public static void Submit(ReadOnlySpan<byte> secret, void* connection)
    {
        byte* token = stackalloc byte[TokenRoom];
        PathStruct* path = Native.ngtcp2_conn_get_path(connection);
        fixed (byte* key = secret)
        {
            nint length = CryptoNative.ngtcp2_crypto_generate_regular_token(token, key, (nuint)secret.Length, path->Remote.Address, path->Remote.Length, QuicLoop.Now());
            if (length > 0)
                _ = Native.ngtcp2_conn_submit_new_token(connection, token, (nuint)length);
        }
    }
}
