using ZeroKSync.Client.Crypto;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.MessagePack;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>A HELLO as the relay checks it, before anything is looked up: what is let through was proved by a key of its own chain.</summary>
internal sealed class HelloTarget(KnownGroup group) : FuzzTarget
{
    private static readonly byte[] Handshake = KnownGroup.Known(0x23, SessionKeys.HandshakeHashBytes);

    public override string Name => "hellos";

    // The chain is copied where it is verified, and again for the grain; each statement is hashed and laid out to be signed.
    public override int AllocatedBytes => 16 << 10;

    public override int AllocatedBytesPerByte => 24;

    public override byte[] Generate(Random random)
    {
        byte[] valid = MessageCodec.Encode(Valid(random));
        if (random.Next(4) == 0)
            return ByteMutator.Mutate(random, valid, valid);

        return random.Next(4) == 0 || !NodeReader.TryRead(valid, out Node? tree) ? valid : NodeMutator.Mutate(random, tree);
    }

    public override object? Take(byte[] input)
    {
        if (!MessageCodec.TryDecode(input, out Hello? hello))
            return null;

        (HelloCommand? command, Error? refused) = HelloVerifier.Verify(hello, KnownGroup.Device, Handshake, new ChainChecks());
        if ((command is null) == (refused is null))
            throw new BrokenPromiseException("a HELLO is let through or refused, and not both");

        return command;
    }

    public override void Verify(byte[] input, object accepted)
    {
        var command = (HelloCommand)accepted;
        if (command.OriginKey != group.Keys[0].AdmissionKey || command.Chain.Length > group.Chain.Count || command.KeyEpoch.Value > command.Chain.Length)
            throw new BrokenPromiseException("a HELLO was let through that no member made");

        for (int i = 0; i < command.Chain.Length; i++)
        {
            if (!command.Chain[i].Statement.Span.SequenceEqual(group.Chain[i].Statement.Span))
                throw new BrokenPromiseException("a chain was let through that no member signed");
        }
    }

    private Hello Valid(Random random)
    {
        // As many rotations as the device has heard of; one of them may be changed and signed again by somebody who holds no key.
        List<SignedStatement> chain = [.. group.Chain.Take(random.Next(group.Chain.Count + 1))];
        var epoch = new KeyEpoch((uint)chain.Count);
        if (chain.Count > 0 && random.Next(2) == 0)
        {
            int at = random.Next(chain.Count);
            byte[] statement = ByteMutator.Mutate(random, chain[at].Statement.ToArray(), chain[^1].Statement.ToArray());
            chain[at] = new SignedStatement(statement.AsMemory(0, Math.Min(statement.Length, Limits.StatementBytes)), chain[at].Signature);
        }

        GroupKeys keys = group.Keys[(int)epoch.Value];
        return new Hello(
            Limits.Version,
            group.Id,
            epoch,
            group.Keys[0].AdmissionKey,
            chain,
            HelloProof.Sign(keys.AdmissionSeed, Handshake, group.Id, KnownGroup.Device, epoch),
            null,
            new byte[] { 1, 2, 3 },
            default(ReadOnlyMemory<byte>?),
            HelloFlags.None);
    }
}
