using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>Blobs as a relay sees them: a header it compares, and noise.</summary>
public static class RawBlobs
{
    private const int EnvelopeBytes = 300;

    /// <summary>The sender's blob of this number, under the first key epoch.</summary>
    public static Push Make(ulong sequence)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(EnvelopeBytes);
        new EnvelopeHeader(default, new Sequence(sequence), default).Write(envelope);
        return new Push(BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)), default, new Sequence(sequence), new Sequence(sequence), 0, envelope);
    }
}
