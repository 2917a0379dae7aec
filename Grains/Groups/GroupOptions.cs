using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>What a group may have and how long. Validated at start.</summary>
public sealed class GroupOptions
{
    /// <summary>Largest envelope, in bytes. 1 KiB to 1 MiB, default 1 MiB.</summary>
    public int BlobBytesMax { get; set; } = Limits.EnvelopeBytes;

    /// <summary>Envelope bytes a group may have stored. 1 MiB to 1 TiB, default 100 MiB.</summary>
    public long GroupBytesMax { get; set; } = 100L << 20;

    /// <summary>Encoded bytes of a page. 64 KiB to 1 MiB, default 1 MiB.</summary>
    public int PageBytesMax { get; set; } = Limits.PageBytes;

    /// <summary>Devices of a group, revoked ones not counted. 1 to 64, default 64.</summary>
    public int DevicesMax { get; set; } = Limits.Devices;

    /// <summary>How long an undelivered blob is kept when its sender does not say. 1 minute to the cap, default 7 days.</summary>
    public TimeSpan TtlDefault { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Longest time a sender can ask for. 1 minute to 365 days, default 30 days.</summary>
    public TimeSpan TtlMax { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a delivered blob stays, so that a device paired the same day finds it. 0 to 30 days, default 24 h.</summary>
    public TimeSpan DeliveredRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a row without its blob keeps telling so. 0 to 365 days, default 30 days.</summary>
    public TimeSpan HoleRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Least time between two trims of a group. 0 to 1 day, default 1 minute.</summary>
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        InRange(BlobBytesMax, 1 << 10, Limits.EnvelopeBytes, nameof(BlobBytesMax));
        InRange(GroupBytesMax, 1L << 20, 1L << 40, nameof(GroupBytesMax));
        InRange(PageBytesMax, 64 << 10, Limits.PageBytes, nameof(PageBytesMax));
        InRange(DevicesMax, 1, Limits.Devices, nameof(DevicesMax));
        InRange(TtlMax, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), nameof(TtlMax));
        InRange(TtlDefault, TimeSpan.FromMinutes(1), TtlMax, nameof(TtlDefault));
        InRange(DeliveredRetention, TimeSpan.Zero, TimeSpan.FromDays(30), nameof(DeliveredRetention));
        InRange(HoleRetention, TimeSpan.Zero, TimeSpan.FromDays(365), nameof(HoleRetention));
        InRange(TrimInterval, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(TrimInterval));
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}
