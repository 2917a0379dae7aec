using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Protocol;

namespace ZeroKSync.Bench.Crypto;

/// <summary>What the client seals with: content in chunks of 64 KiB, and whole blobs, beside the system's ChaCha20-Poly1305 on the same bytes.</summary>
internal static class CipherLines
{
    private const int ChunkBytes = 64 << 10;
    private const int BlobBytes = 1 << 10;
    private const int TagBytes = XChaCha20Poly1305.TagBytes;
    private const string Reference = "the system's ChaCha20-Poly1305";

    // What content asks for, and what a relay's push rate leaves to a client of one core.
    private const double TargetGigabytes = 1;
    private const double TargetBlobs = 60_000;

    public static IEnumerable<CryptoLine> All()
    {
        yield return new CryptoLine("content cipher, seals 64 KiB", "GB/s", ChunkBytes / 1e9, Reference, SealChunk) { Target = TargetGigabytes };
        yield return new CryptoLine("content cipher, opens 64 KiB", "GB/s", ChunkBytes / 1e9, Reference, OpenChunk) { Target = TargetGigabytes };
        yield return new CryptoLine("blob, seals and opens 1 KiB", "1/s", 1, Reference, SealAndOpenBlob) { Target = TargetBlobs };
    }

    private static CryptoWork SealChunk()
    {
        (byte[] key, byte[] nonce, byte[] plaintext) = Inputs(ChunkBytes);
        byte[] sealedChunk = new byte[ChunkBytes + TagBytes];
        return new CryptoWork(() => XChaCha20Poly1305.Encrypt(key, nonce, plaintext, [], sealedChunk), System(key, plaintext, opens: false));
    }

    private static CryptoWork OpenChunk()
    {
        (byte[] key, byte[] nonce, byte[] plaintext) = Inputs(ChunkBytes);
        byte[] sealedChunk = new byte[ChunkBytes + TagBytes];
        XChaCha20Poly1305.Encrypt(key, nonce, plaintext, [], sealedChunk);
        byte[] opened = new byte[ChunkBytes];
        return new CryptoWork(
            () =>
            {
                if (!XChaCha20Poly1305.TryDecrypt(key, nonce, sealedChunk, [], opened))
                    throw new InvalidOperationException("A good chunk was refused.");
            },
            System(key, plaintext, opens: true));
    }

    private static CryptoWork SealAndOpenBlob()
    {
        (byte[] key, _, byte[] payload) = Inputs(BlobBytes);
        using GroupRecord record = GroupRecord.Create(default, default);
        var sealer = new BlobSealer(new GroupKeyring(record));
        var ids = new BlobIds(default, new Sequence(1), BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)));
        return new CryptoWork(
            () =>
            {
                byte[] envelope = sealer.Seal(ids, ids.SenderSeq, default, BlobType.AppData, payload);
                if (!sealer.TryOpen(ids, envelope, out OpenedBlob opened) || opened.Payload.Length != BlobBytes)
                    throw new InvalidOperationException("A good blob was refused.");
            },
            System(key, payload, opens: false) + System(key, payload, opens: true));
    }

    private static (byte[] Key, byte[] Nonce, byte[] Plaintext) Inputs(int bytes) =>
        (RandomNumberGenerator.GetBytes(XChaCha20Poly1305.KeyBytes), RandomNumberGenerator.GetBytes(XChaCha20Poly1305.NonceBytes), RandomNumberGenerator.GetBytes(bytes));

    // A key of each call's own, as the client's are: setting it up is part of the work.
    private static Action System(byte[] key, byte[] plaintext, bool opens)
    {
        byte[] nonce = new byte[12];
        byte[] ciphertext = new byte[plaintext.Length];
        byte[] tag = new byte[TagBytes];
        byte[] opened = new byte[plaintext.Length];
        using (var once = new ChaCha20Poly1305(key))
            once.Encrypt(nonce, plaintext, ciphertext, tag);

        return () =>
        {
            using var cipher = new ChaCha20Poly1305(key);
            if (opens)
                cipher.Decrypt(nonce, ciphertext, tag, opened);
            else
                cipher.Encrypt(nonce, plaintext, ciphertext, tag);
        };
    }
}
