using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit.Protocol;

namespace ZeroKSync.Tests.Cluster;

/// <summary>What a gateway asks of a group, in its simplest form.</summary>
internal static class GroupCommands
{
    public static HelloCommand Hello(DeviceId device) => new()
    {
        Device = device,
        OriginKey = AdmissionKey.Read(new byte[AdmissionKey.Size]),
        KeyEpoch = default,
        Chain = [],
        RelayEpoch = null,
        DeviceCard = new byte[] { 1 },
        Create = true,
    };

    public static AppendBatch Batch(DeviceId sender, ulong sequence)
    {
        Push push = RawBlobs.Make(sequence);
        return new AppendBatch
        {
            Sender = sender,
            Entries =
            [
                new AppendEntry
                {
                    BlobId = push.BlobId,
                    KeyEpoch = push.KeyEpoch,
                    FirstSeq = push.FirstSeq,
                    SenderSeq = push.SenderSeq,
                    TtlSeconds = push.TtlSeconds,
                    Envelope = push.Envelope,
                },
            ],
        };
    }
}
