namespace ZeroKSync.Bench;

/// <summary>Order statistics of measurements.</summary>
internal static class Quantiles
{
    /// <param name="share">0 for the least, 0.5 for the median, 1 for the greatest.</param>
    public static double Of(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Round((sorted.Length - 1) * share)];
    }

    public static double Median(IEnumerable<double> values) => Of(values, 0.5);
}
