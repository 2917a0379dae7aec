using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// A version vector as a blob of its own type holds it: <c>{[device, seq, link]*}</c>, devices ascending, each once, no sequence 0. There is one
/// encoding of a vector, so that two devices with the same data have the same bytes.
/// </summary>
internal static class VectorBlob
{
    /// <summary>Entries that fit one blob whatever their sequences are.</summary>
    public const int EntriesMax = (Padding.PayloadBytesMax - HeaderBytesMax) / EntryBytesMax;

    private const int FieldCount = 1;
    private const int EntryFieldCount = 3;
    private const int HeaderBytesMax = 1 + 3;
    private const int EntryBytesMax = 1 + 34 + 9 + 34;
    private const int EntryBytesMin = 1 + 34 + 1 + 34;

    public static byte[] Encode(IEnumerable<KeyValuePair<DeviceId, VectorEntry>> entries)
    {
        KeyValuePair<DeviceId, VectorEntry>[] sorted = [.. entries.Where(entry => entry.Value.Sequence.Value > 0).OrderBy(entry => entry.Key.Value)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted.Length, EntriesMax, nameof(entries));
        var measuring = MessagePackWriter.Measuring();
        Write(ref measuring, sorted);
        byte[] payload = new byte[measuring.Written];
        var writer = new MessagePackWriter(payload);
        Write(ref writer, sorted);
        return payload;
    }

    /// <summary>False for anything that <see cref="Encode"/> would not have written.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out KeyValuePair<DeviceId, VectorEntry>[]? entries)
    {
        var reader = new MessagePackReader(payload);
        int extra = reader.BeginFields(FieldCount);
        var read = new KeyValuePair<DeviceId, VectorEntry>[reader.ReadListHeader(EntriesMax, EntryBytesMin)];
        for (int i = 0; i < read.Length && !reader.Failed; i++)
        {
            int more = reader.BeginFields(EntryFieldCount);
            var device = new DeviceId(reader.ReadBytes32());
            var entry = new VectorEntry(new Sequence(reader.ReadUInt64()), new SequenceLink(reader.ReadBytes32()));
            reader.EndFields(more);
            read[i] = new(device, entry);
            if (entry.Sequence.Value is 0 or > long.MaxValue || (i > 0 && read[i - 1].Key.Value.CompareTo(device.Value) >= 0))
                reader.Fail();
        }

        reader.EndFields(extra);
        entries = reader.Failed || reader.Remaining != 0 ? null : read;
        return entries is not null;
    }

    private static void Write(ref MessagePackWriter writer, KeyValuePair<DeviceId, VectorEntry>[] sorted)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteArrayHeader(sorted.Length);
        foreach ((DeviceId device, VectorEntry entry) in sorted)
        {
            writer.WriteArrayHeader(EntryFieldCount);
            writer.WriteBytes32(device.Value);
            writer.WriteUInt(entry.Sequence.Value);
            writer.WriteBytes32(entry.Link.Value);
        }
    }
}
