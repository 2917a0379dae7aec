using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// HELLO's proof: possession of the group's key of an epoch, bound to this session by its handshake hash and to this device. Ed25519 over
/// <c>"zks/1 hello" || handshake hash 32 || group id 32 || device id 32 || key_epoch u32</c>.
/// </summary>
public static class HelloProof
{
    private const int FieldBytes = SessionKeys.HandshakeHashBytes + GroupId.Size + DeviceId.Size + sizeof(uint);

    /// <summary>The bytes that are signed.</summary>
    /// <exception cref="ArgumentException">The hash does not have 32 bytes.</exception>
    public static byte[] BuildMessage(ReadOnlySpan<byte> handshakeHash, GroupId groupId, DeviceId deviceId, KeyEpoch keyEpoch)
    {
        if (handshakeHash.Length != SessionKeys.HandshakeHashBytes)
            throw new ArgumentException($"{SessionKeys.HandshakeHashBytes} bytes expected, {handshakeHash.Length} given.", nameof(handshakeHash));

        byte[] message = new byte[Labels.Hello.Length + FieldBytes];
        var writer = new BindingWriter(message);
        writer.Write(Labels.Hello);
        writer.Write(handshakeHash);
        writer.Write(groupId.Value);
        writer.Write(deviceId.Value);
        writer.Write(keyEpoch.Value);
        return message;
    }

    /// <summary>Makes the proof: 64 bytes.</summary>
    /// <param name="admissionSeed">Of <paramref name="keyEpoch"/>.</param>
    /// <param name="handshakeHash">Of this session.</param>
    /// <param name="deviceId">Public key of the device that did the handshake.</param>
    public static byte[] Sign(SecretBytes admissionSeed, ReadOnlySpan<byte> handshakeHash, GroupId groupId, DeviceId deviceId, KeyEpoch keyEpoch)
    {
        byte[] signature = new byte[Ed25519.SignatureBytes];
        Ed25519.Sign(admissionSeed, BuildMessage(handshakeHash, groupId, deviceId, keyEpoch), signature);
        return signature;
    }

    /// <summary>Checks a proof that came with a HELLO.</summary>
    /// <param name="admissionKey">The group's key of <paramref name="keyEpoch"/>, out of its verified chain.</param>
    /// <param name="proof">Of any length and content.</param>
    /// <param name="deviceId">From the handshake, never from a message.</param>
    public static bool Verify(
        AdmissionKey admissionKey, ReadOnlySpan<byte> proof, ReadOnlySpan<byte> handshakeHash, GroupId groupId, DeviceId deviceId, KeyEpoch keyEpoch) =>
        Ed25519.Verify(admissionKey.ToArray(), BuildMessage(handshakeHash, groupId, deviceId, keyEpoch), proof);
}
