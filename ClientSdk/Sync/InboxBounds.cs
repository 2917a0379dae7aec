namespace ZeroKSync.Client.Sync;

/// <summary>
/// How much of one relay's rows is kept that nobody vouches for: what does not open, or is missing. A relay can make any number of those, so
/// they have a room of their own; when it is full nothing more is read there, because a row that is not kept must not be passed by.
/// </summary>
/// <param name="Rows">Rows of one relay.</param>
/// <param name="Bytes">Bytes of their envelopes.</param>
internal sealed record InboxBounds(int Rows, long Bytes)
{
    /// <summary>A device that was away for a whole rotation keeps every blob of it; a relay's rubbish does not fill a disk.</summary>
    public static readonly InboxBounds Default = new(Rows: 65_536, Bytes: 256L << 20);

    /// <summary>Whether one more row fits.</summary>
    /// <param name="used">What is kept of that relay.</param>
    /// <param name="envelopeBytes">Of the row; 0 where it has none.</param>
    public bool HasRoom(InboxRoom used, int envelopeBytes) => used.Rows < Rows && used.Bytes + envelopeBytes <= Bytes;
}
