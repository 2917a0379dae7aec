using System.Buffers.Binary;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.MessagePack;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>A card of a device: changed by the relay, or sealed rightly by a member who fills it as it likes.</summary>
internal sealed class DeviceCardTarget(KnownGroup group) : FuzzTarget
{
    private const int NonceOffset = sizeof(uint);
    private const int CiphertextOffset = NonceOffset + XChaCha20Poly1305.NonceBytes;

    public override string Name => "device-cards";

    public override byte[] Generate(Random random)
    {
        var fields = new Node(NodeKind.Array);
        fields.Children.Add(new Node(NodeKind.Text) { Bytes = "A phone"u8.ToArray() });
        fields.Children.Add(Node.OfBinary(new byte[MlKem768.EncapsulationKeyBytes]));
        bool isByMember = random.Next(2) == 0;
        byte[] card = Seal(random, isByMember ? NodeMutator.Mutate(random, fields) : NodeWriter.Write(fields));
        return isByMember ? card : ByteMutator.Mutate(random, card, card);
    }

    public override object? Take(byte[] input) => DeviceCard.TryOpen(group.Keyring, KnownGroup.Device, input, out DeviceCard? card) ? card : null;

    public override void Verify(byte[] input, object accepted)
    {
        var card = (DeviceCard)accepted;
        if (System.Text.Encoding.UTF8.GetByteCount(card.Name) > DeviceCard.NameBytesMax || card.EncapsulationKey.Length != MlKem768.EncapsulationKeyBytes)
            throw new BrokenPromiseException("a card out of its bounds");
    }

    private byte[] Seal(Random random, byte[] fields)
    {
        int padded = Padding.PaddedLength(fields.Length);
        byte[] card = new byte[CiphertextOffset + padded + XChaCha20Poly1305.TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(card, group.Keyring.Current.Epoch.Value);
        Span<byte> nonce = card.AsSpan(NonceOffset, XChaCha20Poly1305.NonceBytes);
        random.NextBytes(nonce);
        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        Hkdf.Expand(group.Keyring.Current.SyncKey.Span, [.. Labels.Card, .. nonce], key);
        byte[] plaintext = new byte[padded];
        Padding.Write(BlobType.AppData, fields, plaintext);
        byte[] bound = CardAssociatedData.Build(group.Id, group.Keyring.Current.Epoch, KnownGroup.Device);
        XChaCha20Poly1305.Encrypt(key, nonce, plaintext, bound, card.AsSpan(CiphertextOffset));
        return card;
    }
}
