using System.Buffers;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Cryptography.Blake;

/// <summary>One run of the verifier over a slice, and what came of it.</summary>
internal sealed record Verification(bool IsAccepted, bool IsComplete, byte[] Content, ulong? ContentLength)
{
    /// <param name="pieces">Lengths of the pieces, again and again; the whole at once where there are none.</param>
    public static Verification Of(byte[] root, long offset, long length, byte[] slice, params int[] pieces)
    {
        var verifier = new Blake3SliceVerifier(root, (ulong)offset, (ulong)length);
        var content = new ArrayBufferWriter<byte>();
        bool isAccepted = true;
        for (int at = 0, piece = 0; at < slice.Length; piece++)
        {
            int taken = pieces.Length == 0 ? slice.Length : Math.Min(pieces[piece % pieces.Length], slice.Length - at);
            bool isTaken = verifier.TryAppend(slice.AsSpan(at, taken), content);
            Assert.True(isAccepted || !isTaken, "A refusal was taken back.");
            Assert.True(content.WrittenCount <= at + taken, "More came out than went in.");
            isAccepted = isTaken;
            at += taken;
        }

        Assert.Equal(isAccepted, verifier.TryAppend([], content));
        return new Verification(isAccepted, verifier.IsComplete, content.WrittenSpan.ToArray(), verifier.TryGetContentLength(out ulong proven) ? proven : null);
    }

    /// <summary>Whether all that was handed out is the content's, from the start of the range on.</summary>
    public bool IsPrefixOf(byte[] content, long offset, long length) =>
        content.AsSpan((int)Math.Min(offset, content.Length)).StartsWith(Content) && Content.Length <= length;
}
