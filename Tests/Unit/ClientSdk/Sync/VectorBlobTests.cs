using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class VectorBlobTests
{
    [Fact]
    public void Encode_AnyOrder_IsTheSameBytesAndReadsBack()
    {
        KeyValuePair<DeviceId, VectorEntry>[] entries = [Entry(1, 5), Entry(2, 1), Entry(9, long.MaxValue)];

        byte[] payload = VectorBlob.Encode(entries);

        Assert.Equal(payload, VectorBlob.Encode([entries[2], Entry(4, 0), entries[0], entries[1]]));
        Assert.True(VectorBlob.TryDecode(payload, out KeyValuePair<DeviceId, VectorEntry>[]? read));
        Assert.Equal(entries, read);
    }

    [Fact]
    public void Encode_OneEntry_IsWhatThePageSays() =>
        Assert.Equal([0x91, 0x91, 0x93, 0xc4, 32, .. Filled(1), 5, 0xc4, 32, .. Filled(0xe1)], VectorBlob.Encode([Entry(1, 5)]));

    [Fact]
    public void Encode_AsManyAsMayBe_FitsABlob()
    {
        IEnumerable<KeyValuePair<DeviceId, VectorEntry>> entries = Enumerable.Range(1, VectorBlob.EntriesMax).Select(number =>
        {
            byte[] id = new byte[DeviceId.Size];
            BitConverter.TryWriteBytes(id, number);
            return new KeyValuePair<DeviceId, VectorEntry>(DeviceId.Read(id), new VectorEntry(new Sequence(long.MaxValue), default));
        });

        byte[] payload = VectorBlob.Encode(entries);

        Assert.InRange(payload.Length, 1, Padding.PayloadBytesMax);
        Assert.True(VectorBlob.TryDecode(payload, out _));
        Assert.Equal(VersionVector.MaxSenders + 1, VectorBlob.EntriesMax);
    }

    [Fact]
    public void TryDecode_AnyPrefixOrMore_IsRefused()
    {
        byte[] payload = VectorBlob.Encode([Entry(1, 5), Entry(2, 300)]);
        for (int length = 0; length < payload.Length; length++)
            Assert.False(VectorBlob.TryDecode(payload.AsMemory(0, length), out _), $"length {length}");

        Assert.False(VectorBlob.TryDecode((byte[])[.. payload, 0], out _));
    }

    [Fact]
    public void TryDecode_OutOfOrderTwiceZeroOrTooLarge_IsRefused()
    {
        byte[] one = VectorBlob.Encode([Entry(1, 5)])[2..];
        byte[] two = VectorBlob.Encode([Entry(2, 5)])[2..];
        byte[] zero = [.. one];
        zero[3 + 32] = 0;

        Assert.True(VectorBlob.TryDecode((byte[])[0x91, 0x92, .. one, .. two], out _));
        Assert.False(VectorBlob.TryDecode((byte[])[0x91, 0x92, .. two, .. one], out _));
        Assert.False(VectorBlob.TryDecode((byte[])[0x91, 0x92, .. one, .. one], out _));
        Assert.False(VectorBlob.TryDecode((byte[])[0x91, 0x91, .. zero], out _));
        Assert.False(VectorBlob.TryDecode(VectorBlob.Encode([Entry(1, 1UL << 63)]), out _));
    }

    private static KeyValuePair<DeviceId, VectorEntry> Entry(byte device, ulong seq) =>
        new(DeviceId.Read(Filled(device)), new VectorEntry(new Sequence(seq), SequenceLink.Read(Filled((byte)(0xe0 + device)))));

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 32)];
}
