using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Groups;

/// <summary>How one entry of a batch is answered.</summary>
/// <param name="StoredIndex">Its place among the entries to store; what a repeat inside the batch shares with its first.</param>
/// <param name="Known">The receipt of a repeat of an earlier batch.</param>
/// <param name="IsDuplicate">Whether it repeats another.</param>
internal readonly record struct AppendStep(int StoredIndex, AppendReceipt Known, bool IsDuplicate)
{
    /// <summary><see cref="StoredIndex"/> of a repeat of an earlier batch.</summary>
    public const int NotStored = -1;
}
