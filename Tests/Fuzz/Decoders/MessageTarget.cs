using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit.Protocol.Messages;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.MessagePack;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>
/// Every message of the wire. What is accepted is what a second reader understands too, and encodes to the bytes that came, less what a
/// newer version may have added.
/// </summary>
internal sealed class MessageTarget : FuzzTarget
{
    private const int NoiseBytesMax = 300;
    private const int CorpusRounds = 30;

    // One of each kind: a decoder looks at nothing of them but the kind.
    private static readonly Dictionary<MessageCode, MessageCase> Kinds = new MessageSource(new CountingValues()).All().ToDictionary(message => message.Code);

    private readonly byte[][] _corpus = Corpus(FuzzPlan.RandomOf("messages", round: -1));

    public override string Name => "messages";

    public override byte[] Generate(Random random)
    {
        if (random.Next(16) == 0)
            return WithCode(random, ByteMutator.Noise(random, NoiseBytesMax));

        byte[] valid = Valid(random);
        if (random.Next(3) == 0)
            return ByteMutator.Mutate(random, valid, Valid(random));

        return NodeReader.TryRead(valid, out Node? tree)
            ? NodeMutator.Mutate(random, tree)
            : throw new BrokenPromiseException($"a message that the second reader does not read: {Convert.ToHexString(valid)}");
    }

    public override object? Take(byte[] input)
    {
        if (MessageCodec.GetFirstLength(input) is var first && (first < Math.Min(1, input.Length) || first > input.Length))
            throw new BrokenPromiseException($"a first message of {first} bytes in {input.Length}");

        return MessageCodec.TryReadCode(input, out MessageCode code) && Kinds.TryGetValue(code, out MessageCase? kind) ? kind.Decode(input) : null;
    }

    public override void Verify(byte[] input, object accepted)
    {
        var message = (MessageCase)accepted;
        byte[] encoded = message.Encode();
        if (message.Decode(encoded)?.Encode() is not { } again || !again.AsSpan().SequenceEqual(encoded))
            throw new BrokenPromiseException($"{message.Code}: what was encoded decodes to something else");

        if (!NodeReader.TryRead(encoded, out Node? canonical))
            throw new BrokenPromiseException($"{message.Code}: encoded to what the second reader does not read");

        if (!NodeReader.TryRead(input, out Node? tree) || !tree.Extends(canonical))
            throw new BrokenPromiseException($"{message.Code}: accepted what is not its own encoding, {Convert.ToHexString(encoded)}");

        byte[] two = [.. input, .. encoded];
        if (MessageCodec.GetFirstLength(two) != (MessageCodec.SharesFrames(message.Code) ? input.Length : two.Length))
            throw new BrokenPromiseException($"{message.Code}: not found again before another message");

        foreach (MessageCase other in Kinds.Values)
        {
            if (other.Code != message.Code && other.Decode(input) is not null)
                throw new BrokenPromiseException($"{message.Code} is also {other.Code}");
        }
    }

    private static byte[][] Corpus(Random random) =>
        [.. Enumerable.Range(0, CorpusRounds).SelectMany(_ => new MessageSource(new RandomValues(random.Next())).All()).Select(message => message.Encode())];

    private byte[] Valid(Random random) => _corpus[random.Next(_corpus.Length)];

    // Most noise would fail at its first byte.
    private static byte[] WithCode(Random random, byte[] noise)
    {
        MessageCase kind = Kinds.Values.ElementAt(random.Next(Kinds.Count));
        return random.Next(4) == 0 ? noise : [(byte)(0x90 | Math.Min(15, kind.FieldCount + 1)), .. NodeWriter.Write(Node.OfInteger((ulong)kind.Code)), .. noise];
    }
}
