namespace ZeroKSync.Bench.Relay;

/// <summary>What the contestants did, round by round. A ratio is the median of the rounds' ratios: both of a round saw the same machine.</summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, List<Sample>> _samples = [];

    public IEnumerable<string> Contestants => _samples.Keys;

    /// <summary>Lets everybody take turns.</summary>
    public static async Task<Rounds> TakeAsync(IReadOnlyList<IContestant> contestants, int rounds, Func<IContestant, Task<Sample>> measure)
    {
        var taken = new Rounds();
        for (int round = 0; round < rounds; round++)
        {
            foreach (IContestant contestant in contestants)
                taken.Add(contestant.Name, await measure(contestant));
        }

        return taken;
    }

    public void Add(string contestant, Sample sample)
    {
        if (!_samples.TryGetValue(contestant, out List<Sample>? samples))
            _samples.Add(contestant, samples = []);

        samples.Add(sample);
    }

    /// <summary>Other rounds of the same contestants, as if they had followed these.</summary>
    public void Add(Rounds others)
    {
        foreach ((string contestant, List<Sample> samples) in others._samples)
            samples.ForEach(sample => Add(contestant, sample));
    }

    public bool Has(string contestant) => _samples.ContainsKey(contestant);

    public double Median(string contestant) => Quantiles.Median(_samples[contestant].Select(sample => sample.Value));

    public double ServerMicroseconds(string contestant) => Quantiles.Median(_samples[contestant].Select(sample => sample.ServerMicroseconds));

    public double ClientMicroseconds(string contestant) => Quantiles.Median(_samples[contestant].Select(sample => sample.ClientMicroseconds));

    /// <summary>How many times its own value in other rounds, which were taken turn by turn with these.</summary>
    public double Ratio(string contestant, Rounds others) => Quantiles.Median(_samples[contestant].Zip(others._samples[contestant], (own, other) => own.Value / other.Value));

    /// <summary>How many times the other's value; NaN where the other was left out.</summary>
    public double Ratio(string contestant, string other) => Has(other)
        ? Quantiles.Median(_samples[contestant].Zip(_samples[other], (own, its) => own.Value / its.Value))
        : double.NaN;
}
