namespace ZeroKSync.Bench.Crypto;

/// <summary>Welch's t of two sets of measurements, kept as running means and variances (Welford).</summary>
internal sealed class WelchTest
{
    private readonly Moments[] _classes = [new(), new()];

    /// <param name="second">Of which of the two sets.</param>
    /// <param name="value">What was measured.</param>
    public void Add(bool second, double value) => _classes[second ? 1 : 0].Add(value);

    /// <summary>How many standard errors the means lie apart; 0 where a set has fewer than two values.</summary>
    public double T
    {
        get
        {
            (Moments first, Moments second) = (_classes[0], _classes[1]);
            double error = Math.Sqrt((first.Variance / first.Count) + (second.Variance / second.Count));
            return first.Count < 2 || second.Count < 2 || error == 0 ? 0 : (first.Mean - second.Mean) / error;
        }
    }

    private sealed class Moments
    {
        private double _squares;

        public int Count { get; private set; }

        public double Mean { get; private set; }

        public double Variance => _squares / (Count - 1);

        public void Add(double value)
        {
            Count++;
            double before = value - Mean;
            Mean += before / Count;
            _squares += before * (value - Mean);
        }
    }
}
