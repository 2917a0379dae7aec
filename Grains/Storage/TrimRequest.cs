using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>
/// Which rows are delivered and may be trimmed: always a prefix of the log, never more than <see cref="RowsMax"/> at once. A row goes when
/// every device but its sender has acknowledged it and it is old enough, or when it has had no blob for long enough.
/// </summary>
public sealed record TrimRequest
{
    /// <summary>Rows in one transaction, so that others do not wait long.</summary>
    public const int RowsMax = 4096;

    /// <summary>Every device has acknowledged up to here.</summary>
    public required Cursor AllThrough { get; init; }

    /// <summary>Every device but <see cref="Laggard"/> has acknowledged up to here, so its own rows are delivered too.</summary>
    public required Cursor OthersThrough { get; init; }

    public required DeviceId Laggard { get; init; }

    /// <summary>Only rows stored at or before this time go, ms of relay time.</summary>
    public required ulong StoredThroughMs { get; init; }

    /// <summary>Rows without a blob since this time count as delivered to all, ms of relay time.</summary>
    public required ulong HolesThroughMs { get; init; }

    /// <summary>What the acknowledgements of a group's devices, without the revoked ones, allow. A device alone has delivered nothing to anybody.</summary>
    public static TrimRequest Of(IEnumerable<(DeviceId Device, Cursor Acked)> members, ulong storedThroughMs, ulong holesThroughMs)
    {
        ArgumentNullException.ThrowIfNull(members);
        DeviceId laggard = default;
        Cursor least = new(ulong.MaxValue);
        Cursor second = new(ulong.MaxValue);
        int count = 0;
        foreach ((DeviceId device, Cursor acked) in members)
        {
            count++;
            if (acked < least)
            {
                second = least;
                least = acked;
                laggard = device;
            }
            else if (acked < second)
            {
                second = acked;
            }
        }

        bool isAlone = count < 2;
        return new TrimRequest
        {
            AllThrough = isAlone ? default : least,
            OthersThrough = isAlone ? default : second,
            Laggard = laggard,
            StoredThroughMs = storedThroughMs,
            HolesThroughMs = holesThroughMs,
        };
    }

    /// <summary>Whether a row may go, by itself; a trim ends at the first that may not.</summary>
    /// <param name="cursor">Its place.</param>
    /// <param name="sender">Who pushed it.</param>
    /// <param name="timestampMs">When it was stored, ms of relay time.</param>
    /// <param name="emptyMs">Since when it has no blob; of one that still has its, when its time is over, whether or not that was collected then.</param>
    public bool Allows(Cursor cursor, DeviceId sender, ulong timestampMs, ulong emptyMs)
    {
        bool isDelivered = cursor <= AllThrough || (cursor <= OthersThrough && sender == Laggard);
        return (isDelivered && timestampMs <= StoredThroughMs) || emptyMs <= HolesThroughMs;
    }
}
