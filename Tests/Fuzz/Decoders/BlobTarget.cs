using System.Buffers.Binary;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>A sealed blob as a relay hands it over: <c>sender 32 | sender_seq u64 | blob id 16 | envelope</c>. What opens is what this group's key seals.</summary>
internal sealed class BlobTarget(KnownGroup group) : FuzzTarget
{
    private const int IdBytes = DeviceId.Size + sizeof(ulong) + BlobId.Size;
    private const int PayloadBytesMax = 3_000;
    private readonly BlobSealer _sealer = new(group.Keyring);

    public override string Name => "blobs";

    public override byte[] Generate(Random random)
    {
        if (random.Next(3) == 0)
            return SealedBadly(random);

        byte[] valid = Sealed(random);
        return random.Next(8) == 0 ? valid : ByteMutator.Mutate(random, valid, Sealed(random));
    }

    public override object? Take(byte[] input)
    {
        if (input.Length < IdBytes)
            return null;

        return _sealer.TryOpen(Ids(input), input.AsSpan(IdBytes), out OpenedBlob opened) ? opened : null;
    }

    public override void Verify(byte[] input, object accepted)
    {
        var opened = (OpenedBlob)accepted;
        ReadOnlySpan<byte> envelope = input.AsSpan(IdBytes);
        byte[] again = _sealer.Seal(Ids(input), opened.Header, opened.Type, opened.Payload.Span, envelope.Slice(EnvelopeHeader.NonceOffset, EnvelopeHeader.NonceBytes));
        // An older key's blob is not sealed again by the current one.
        if (opened.Header.KeyEpoch == group.Keyring.Current.Epoch && !envelope.SequenceEqual(again))
            throw new BrokenPromiseException("what opened is not what is sealed");
    }

    private static BlobIds Ids(byte[] input) => new(
        DeviceId.Read(input.AsSpan(0, DeviceId.Size)),
        new Sequence(BinaryPrimitives.ReadUInt64BigEndian(input.AsSpan(DeviceId.Size))),
        BlobId.Read(input.AsSpan(DeviceId.Size + sizeof(ulong), BlobId.Size)));

    // By a member that pads as it likes, or not at all: put together here, because the sealer only pads rightly.
    private byte[] SealedBadly(Random random)
    {
        byte[] input = Sealed(random);
        Span<byte> envelope = input.AsSpan(IdBytes);
        byte[] padded = new byte[envelope.Length - EnvelopeHeader.Size - XChaCha20Poly1305.TagBytes];
        Padding.Write(BlobType.AppData, default, padded);
        BinaryPrimitives.WriteUInt32BigEndian(padded.AsSpan(1), random.Next(3) == 0 ? (uint)random.Next() : (uint)random.Next(padded.Length));
        if (random.Next(2) == 0)
            padded[random.Next(padded.Length)] ^= 1;

        byte[] keys = new byte[XChaCha20Poly1305.KeyBytes + EnvelopeHeader.CommitmentBytes];
        ReadOnlySpan<byte> nonce = envelope.Slice(EnvelopeHeader.NonceOffset, EnvelopeHeader.NonceBytes);
        Hkdf.Expand(group.Keyring.Current.SyncKey.Span, [.. Labels.Blob, .. nonce], keys);
        XChaCha20Poly1305.Encrypt(keys.AsSpan(0, XChaCha20Poly1305.KeyBytes), nonce, padded, Bound(input), envelope[EnvelopeHeader.Size..]);
        return input;
    }

    private byte[] Bound(byte[] input)
    {
        byte[] epochAndFirst = input[(IdBytes + 1)..(IdBytes + 1 + sizeof(uint) + sizeof(ulong))];
        return
        [
            .. Labels.Blob, EnvelopeHeader.Version, .. group.Id.ToArray(), .. epochAndFirst[..sizeof(uint)],
            .. input[..DeviceId.Size], .. epochAndFirst[sizeof(uint)..], .. input[DeviceId.Size..IdBytes], .. new byte[SequenceLink.Size],
        ];
    }

    private byte[] Sealed(Random random)
    {
        byte[] nonce = new byte[EnvelopeHeader.NonceBytes];
        random.NextBytes(nonce);
        byte[] ids = new byte[IdBytes];
        random.NextBytes(ids);
        byte[] payload = ByteMutator.Noise(random, random.Next(4) == 0 ? PayloadBytesMax : 60);
        var header = new EnvelopeHeader(group.Keyring.Current.Epoch, new Sequence((ulong)random.Next()), default);
        return [.. ids, .. _sealer.Seal(Ids(ids), header, (BlobType)random.Next(9), payload, nonce)];
    }
}
