using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>Blobs as a relay sees them: a header it compares, and noise.</summary>
public static class RawBlobs
{
    private const int EnvelopeBytes = 300;

    /// <summary>The sender's blob of this number.</summary>
    public static Push Make(ulong sequence, int bytes = EnvelopeBytes, KeyEpoch epoch = default) => Make(sequence, sequence, bytes, epoch);

    /// <summary>One that stands for a run of numbers, as a relay sees it.</summary>
    public static Push MakeVoid(ulong first, ulong last) => Make(first, last, EnvelopeBytes, default);

    private static Push Make(ulong first, ulong last, int bytes, KeyEpoch epoch)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(bytes);
        new EnvelopeHeader(epoch, new Sequence(first), default).Write(envelope);
        return new Push(BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)), epoch, new Sequence(first), new Sequence(last), 0, envelope);
    }
}
