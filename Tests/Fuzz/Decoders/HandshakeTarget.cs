using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>
/// A handshake with somebody on the line who changes its messages: pieces of an input are put over the first, second and third. Only one that
/// was left alone succeeds, and whatever happens neither end throws.
/// </summary>
internal sealed class HandshakeTarget : FuzzTarget
{
    private const int ChangeBytes = 4;
    private static readonly byte[] Prologue = HandshakePrologue.ForCertificate(KnownGroup.Known(0x26, 32));
    private static readonly int[] Lengths = [HandshakeMessage.FirstBytes, HandshakeMessage.SecondBytes, HandshakeMessage.ThirdBytes];

    public override string Name => "handshakes";

    // Both ends, with their keys; none of it by what the messages say.
    public override int AllocatedBytes => 96 << 10;

    /// <summary>Changes of four bytes: <c>message u8 | place u16 | value u8</c>; the highest bit of the first cuts the message there.</summary>
    public override byte[] Generate(Random random)
    {
        byte[] changes = new byte[ChangeBytes * random.Next(0, 4)];
        random.NextBytes(changes);
        return changes;
    }

    public override object? Take(byte[] input)
    {
        using X25519KeyPair device = new(SecretBytes.CopyFrom(KnownGroup.Known(0x27, X25519.KeyBytes)));
        using X25519KeyPair relay = new(SecretBytes.CopyFrom(KnownGroup.Known(0x28, X25519.KeyBytes)));
        using var initiator = new HandshakeInitiator(device, RelayId.Read(relay.PublicKey), Prologue);
        using var responder = new HandshakeResponder(relay, Prologue);
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        byte[] second = new byte[HandshakeMessage.SecondBytes];
        byte[] third = new byte[HandshakeMessage.ThirdBytes];
        initiator.WriteFirst(first);
        if (!responder.TryReadFirst(Changed(input, first, 0)) || !responder.TryWriteSecond(second))
            return null;

        if (!initiator.TryReadSecond(Changed(input, second, 1)) || !initiator.TryWriteThird(third, out SessionKeys? ofDevice))
            return null;

        using (ofDevice)
        {
            if (!responder.TryReadThird(Changed(input, third, 2), out SessionKeys? ofRelay))
                return null;

            using (ofRelay)
                return ofRelay.HandshakeHash.SequenceEqual(ofDevice.HandshakeHash) && ofRelay.Device == DeviceId.Read(device.PublicKey);
        }
    }

    public override void Verify(byte[] input, object accepted)
    {
        bool isUntouched = Enumerable.Range(0, Lengths.Length).All(number => Changed(input, new byte[Lengths[number]], number) is { } message
            && message.Length == Lengths[number]
            && !message.AsSpan().ContainsAnyExcept((byte)0));
        if (!isUntouched || !(bool)accepted)
            throw new BrokenPromiseException("a handshake that somebody changed succeeded");
    }

    private static byte[] Changed(byte[] input, byte[] message, int number)
    {
        byte[] changed = [.. message];
        foreach (byte[] change in input.Chunk(ChangeBytes).Where(change => change.Length == ChangeBytes && (change[0] & 0x7f) % Lengths.Length == number))
        {
            if (changed.Length == 0)
                break;

            int place = ((change[1] << 8) | change[2]) % changed.Length;
            if (change[0] >= 0x80)
                changed = changed[..place];
            else
                changed[place] ^= change[3];
        }

        return changed;
    }
}
