using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.MessagePack;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>A group record as another device hands it over, or a damaged disk.</summary>
internal sealed class GroupRecordTarget(KnownGroup group) : FuzzTarget
{
    public override string Name => "group-records";

    // Secrets are kept outside of the managed heap; the statements are copied, and their list once more to be verified.
    public override int AllocatedBytesPerByte => 16;

    public override byte[] Generate(Random random)
    {
        byte[] valid = NodeWriter.Write(group.RecordTree());
        return random.Next(3) switch
        {
            0 => ByteMutator.Mutate(random, valid, valid),
            1 when random.Next(8) == 0 => ByteMutator.Noise(random, 400),
            _ => NodeMutator.Mutate(random, group.RecordTree()),
        };
    }

    public override object? Take(byte[] input) => GroupRecord.TryDecode(input, out GroupRecord? record) ? record : null;

    public override void Verify(byte[] input, object accepted)
    {
        using var record = (GroupRecord)accepted;
        using SecretBytes encoded = record.Encode();
        if (!GroupRecord.TryDecode(encoded.Span.ToArray(), out GroupRecord? again))
            throw new BrokenPromiseException("what was encoded does not decode");

        using (again)
        using (SecretBytes twice = again.Encode())
        {
            if (!twice.Span.SequenceEqual(encoded.Span))
                throw new BrokenPromiseException("what was encoded decodes to something else");
        }
    }
}
