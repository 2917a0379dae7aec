namespace ZeroKSync.TestKit.Impairment;

/// <summary>
/// Decides what becomes of each datagram on one direction. Pure but for its seeded draws: the same seed, sizes and times give the same
/// deliveries.
/// </summary>
public sealed class ImpairedLink(int seed)
{
    private readonly Random _random = new(seed);
    private bool _isBad;
    private TimeSpan _lineFreeAt;

    /// <summary>Read for each datagram: a script may change it in between.</summary>
    public LinkFaults Faults { get; set; } = LinkFaults.None;

    /// <param name="now">Never less than in the call before.</param>
    /// <returns>None, one, or two arrivals.</returns>
    public IReadOnlyList<Delivery> Decide(int bytes, TimeSpan now)
    {
        LinkFaults faults = Faults;
        if (faults.IsCut || (faults.MtuBytes > 0 && bytes > faults.MtuBytes) || IsLost(faults))
            return [];

        TimeSpan left = Leave(faults, bytes, now);
        if (left < TimeSpan.Zero)
            return [];

        var deliveries = new List<Delivery> { Arrive(faults, bytes, left) };
        if (Draw(faults.Duplication))
            deliveries.Add(Arrive(faults, bytes, left));

        return deliveries;
    }

    private bool IsLost(LinkFaults faults)
    {
        _isBad = _isBad ? !Draw(faults.TurnsGood) : Draw(faults.TurnsBad);
        return _isBad || Draw(faults.Loss);
    }

    // When the last byte is on the line; negative when the queue is full.
    private TimeSpan Leave(LinkFaults faults, int bytes, TimeSpan now)
    {
        if (faults.BytesPerSecond == 0)
            return now;

        TimeSpan begins = _lineFreeAt > now ? _lineFreeAt : now;
        double queued = (begins - now).TotalSeconds * faults.BytesPerSecond;
        if (queued + bytes > faults.QueueBytes)
            return TimeSpan.MinValue;

        _lineFreeAt = begins + TimeSpan.FromSeconds((double)bytes / faults.BytesPerSecond);
        return _lineFreeAt;
    }

    private Delivery Arrive(LinkFaults faults, int bytes, TimeSpan left)
    {
        TimeSpan at = left + faults.Delay + (((_random.NextDouble() * 2) - 1) * faults.Jitter);
        if (Draw(faults.Reordering))
            at += faults.ReorderingDelay;

        return new Delivery(at < left ? left : at, Draw(faults.Corruption) ? _random.Next(bytes * 8) : null);
    }

    // A chance of zero draws nothing: switching one fault on leaves the others' draws as they were.
    private bool Draw(double chance) => chance > 0 && _random.NextDouble() < chance;
}
