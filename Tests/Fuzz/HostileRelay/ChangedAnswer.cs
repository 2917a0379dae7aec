using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit.Protocol.Messages;
using ZeroKSync.Tests.Fuzz.MessagePack;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>A well-formed answer that is not the right one.</summary>
internal static class ChangedAnswer
{
    private static readonly ulong[] Numbers = [0, 1, 2, 3, 50, long.MaxValue - 1, long.MaxValue, 1UL << 63, ulong.MaxValue];

    public static byte[] Of(Random random, byte[] answer)
    {
        if (random.Next(6) == 0)
            return Another(random);
        if (random.Next(3) != 0 && MessageCodec.TryDecode(answer, out Welcome? welcome))
            return MessageCodec.Encode(Change(random, welcome));
        if (random.Next(3) != 0 && MessageCodec.TryDecode(answer, out PullResponse? page))
            return MessageCodec.Encode(Change(random, page));
        if (random.Next(3) != 0 && MessageCodec.TryDecode(answer, out PushAck? ack))
            return MessageCodec.Encode(ack with { Cursor = new Cursor(Number(random)), Duplicate = !ack.Duplicate });

        return NodeReader.TryRead(answer, out Node? tree) ? NodeMutator.Mutate(random, tree) : answer;
    }

    /// <summary>Any message, of any kind.</summary>
    public static byte[] Another(Random random)
    {
        MessageCase[] all = [.. new MessageSource(new RandomValues(random.Next())).All()];
        return all[random.Next(all.Length)].Encode();
    }

    private static Welcome Change(Random random, Welcome welcome) => random.Next(7) switch
    {
        0 => welcome with { RelayEpoch = RelayEpoch.Read(RandomNumberGenerator.GetBytes(RelayEpoch.Size)) },
        1 => welcome with { HeadCursor = new Cursor(Number(random)) },
        2 => welcome with { OldestCursor = new Cursor(Number(random)), AckedCursor = new Cursor(Number(random)) },
        3 => welcome with { LastSeq = new Sequence(Number(random)) },
        4 => welcome with { LastLink = SequenceLink.Read(RandomNumberGenerator.GetBytes(SequenceLink.Size)) },
        5 => welcome with { GroupKeyEpoch = new KeyEpoch((uint)random.Next()), Limits = new WelcomeLimits(Number(random), Number(random), Number(random), Number(random)) },
        _ => welcome with { LastSeq = default, LastLink = default },
    };

    private static PullResponse Change(Random random, PullResponse page)
    {
        List<PullEntry> entries = [.. page.Entries];
        if (entries.Count > 0)
        {
            int at = random.Next(entries.Count);
            switch (random.Next(6))
            {
                case 0:
                    entries.RemoveAt(at);
                    break;
                case 1:
                    entries.Add(entries[at]);
                    break;
                case 2:
                    entries.Reverse();
                    break;
                default:
                    entries[at] = Change(random, entries[at]);
                    break;
            }
        }

        return random.Next(3) switch
        {
            0 => page with { Entries = entries, ThroughCursor = new Cursor(Number(random)) },
            1 => page with { Entries = entries, HeadCursor = new Cursor(Number(random)), OldestCursor = new Cursor(Number(random)), HasMore = !page.HasMore },
            _ => page with { Entries = entries },
        };
    }

    private static PullEntry Change(Random random, PullEntry entry) => random.Next(8) switch
    {
        0 => entry with { Cursor = new Cursor(Number(random)) },
        1 => entry with { State = (PullEntryState)random.Next(4), Proof = RandomNumberGenerator.GetBytes(Limits.SignatureBytes) },
        2 => entry with { SenderId = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size)) },
        3 => entry with { SenderSeq = new Sequence(Number(random)) },
        4 => entry with { FirstSeq = new Sequence(Number(random)) },
        5 => entry with { BlobId = BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)) },
        6 => entry with { KeyEpoch = new KeyEpoch((uint)random.Next()) },
        _ => entry with { Envelope = Flipped(random, entry.Envelope.GetValueOrDefault()) },
    };

    private static byte[] Flipped(Random random, ReadOnlyMemory<byte> envelope)
    {
        byte[] flipped = envelope.ToArray();
        if (flipped.Length > 0)
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));

        return flipped;
    }

    private static ulong Number(Random random) => Numbers[random.Next(Numbers.Length)];
}
