using ZeroKSync.Client.Crypto;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>What is stored of a sequence already.</summary>
/// <param name="State">What became of the row.</param>
/// <param name="Type">Of an authentic blob; null where none is there: a row that does not open, is missing, or is a proved deletion.</param>
/// <param name="BlobId">Two of them on one sequence are a fork, unless one is a void.</param>
/// <param name="LocalSeq">Its place.</param>
internal readonly record struct KnownRow(InboxState State, BlobType? Type, BlobId BlobId, long LocalSeq)
{
    /// <summary>An authentic blob that is no void.</summary>
    public bool IsRealBlob => State is InboxState.Deliverable || (State is InboxState.Internal && Type is not (null or BlobType.Void));
}
