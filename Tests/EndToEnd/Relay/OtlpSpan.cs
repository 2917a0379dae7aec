using System.Text;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A span as it goes over OTLP: as much of it as shows what it is and below which other.</summary>
internal sealed record OtlpSpan(string Name, string Trace, string Id, string Parent, IReadOnlyList<string> Attributes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;

    /// <summary>The spans of an export request.</summary>
    public static List<OtlpSpan> Read(byte[] request) =>
    [
        .. Fields(request, 1).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)).Select(span => new OtlpSpan(
            Encoding.UTF8.GetString(Fields(span, 5).Single()),
            Convert.ToHexString(Fields(span, 1).Single()),
            Convert.ToHexString(Fields(span, 2).Single()),
            Convert.ToHexString(Fields(span, 4).SingleOrDefault([])),
            [.. Fields(span, 9).Select(attribute => Encoding.UTF8.GetString(Fields(attribute, 1).Single()))])),
    ];

    // Those of a number that have a length: everything that is looked for here has.
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (int at = 0; at < message.Length;)
        {
            ulong tag = ReadVarint(message, ref at);
            switch ((int)(tag & 7))
            {
                case Varint:
                    ReadVarint(message, ref at);
                    break;
                case Delimited:
                    int length = (int)ReadVarint(message, ref at);
                    if (tag >> 3 == (ulong)number)
                        found.Add(message[at..(at + length)]);

                    at += length;
                    break;
                case Fixed64:
                    at += sizeof(ulong);
                    break;
                default:
                    at += sizeof(uint);
                    break;
            }
        }

        return found;
    }

    private static ulong ReadVarint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
