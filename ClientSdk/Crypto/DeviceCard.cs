using System.Diagnostics.CodeAnalysis;
using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.MessagePack;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// What a device tells the group of itself: <c>key_epoch u32 || nonce 24 || XChaCha20-Poly1305({name, ML-KEM-768 key}, padded)</c>.
/// Only a member can make one that opens, and the relay never learns the name.
/// </summary>
/// <param name="Name">At most 128 bytes of UTF-8.</param>
/// <param name="EncapsulationKey">1184 bytes.</param>
internal sealed record DeviceCard(string Name, ReadOnlyMemory<byte> EncapsulationKey)
{
    public const int NameBytesMax = 128;

    private const int FieldCount = 2;
    private const int NonceOffset = sizeof(uint);
    private const int CiphertextOffset = NonceOffset + XChaCha20Poly1305.NonceBytes;

    public static byte[] Seal(GroupKeyring keyring, DeviceKeys device, string name)
    {
        GroupKeys current = keyring.Current;
        byte[] kemKey = new byte[MlKem768.EncapsulationKeyBytes];
        MlKem768.Default.GetEncapsulationKey(device.KemSeed, kemKey);
        byte[] fields = Encode(new DeviceCard(name, kemKey));
        int padded = Padding.PaddedLength(fields.Length);
        byte[] card = new byte[CiphertextOffset + padded + XChaCha20Poly1305.TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(card, current.Epoch.Value);
        Span<byte> nonce = card.AsSpan(NonceOffset, XChaCha20Poly1305.NonceBytes);
        RandomNumberGenerator.Fill(nonce);

        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        DeriveKey(current, nonce, key);
        Span<byte> ciphertext = card.AsSpan(CiphertextOffset);
        Padding.Write(BlobType.AppData, fields, ciphertext[..padded]);
        XChaCha20Poly1305.Encrypt(key, nonce, ciphertext[..padded], CardAssociatedData.Build(keyring.GroupId, current.Epoch, device.DeviceId), ciphertext);
        CryptographicOperations.ZeroMemory(key);
        return card;
    }

    /// <summary>False for a card that no member made for this device.</summary>
    public static bool TryOpen(GroupKeyring keyring, DeviceId device, ReadOnlySpan<byte> card, [NotNullWhen(true)] out DeviceCard? opened)
    {
        opened = null;
        if (card.Length < CiphertextOffset + XChaCha20Poly1305.TagBytes
            || !keyring.TryGet(new KeyEpoch(BinaryPrimitives.ReadUInt32BigEndian(card)), out GroupKeys? keys))
        {
            return false;
        }

        ReadOnlySpan<byte> nonce = card.Slice(NonceOffset, XChaCha20Poly1305.NonceBytes);
        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        DeriveKey(keys, nonce, key);
        byte[] padded = new byte[card.Length - CiphertextOffset - XChaCha20Poly1305.TagBytes];
        bool isOpen = XChaCha20Poly1305.TryDecrypt(key, nonce, card[CiphertextOffset..], CardAssociatedData.Build(keyring.GroupId, keys.Epoch, device), padded);
        CryptographicOperations.ZeroMemory(key);
        return isOpen && Padding.TryRead(padded, out _, out int length) && TryDecode(padded.AsMemory(Padding.HeaderBytes, length), out opened);
    }

    private static byte[] Encode(DeviceCard card)
    {
        var measuring = MessagePackWriter.Measuring();
        Write(ref measuring, card);
        byte[] bytes = new byte[measuring.Written];
        var writer = new MessagePackWriter(bytes);
        Write(ref writer, card);
        return bytes;
    }

    private static void Write(ref MessagePackWriter writer, DeviceCard card)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteString(card.Name);
        writer.WriteBinary(card.EncapsulationKey.Span);
    }

    private static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out DeviceCard? card)
    {
        var reader = new MessagePackReader(bytes);
        int extra = reader.BeginFields(FieldCount);
        var read = new DeviceCard(reader.ReadString(NameBytesMax), reader.ReadFixed(MlKem768.EncapsulationKeyBytes));
        reader.EndFields(extra);
        card = reader.Failed || reader.Remaining != 0 ? null : read;
        return card is not null;
    }

    private static void DeriveKey(GroupKeys keys, ReadOnlySpan<byte> nonce, Span<byte> key)
    {
        Span<byte> info = stackalloc byte[Labels.Card.Length + XChaCha20Poly1305.NonceBytes];
        Labels.Card.CopyTo(info);
        nonce.CopyTo(info[Labels.Card.Length..]);
        Hkdf.Expand(keys.SyncKey.Span, info, key);
    }
}
