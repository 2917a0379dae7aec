using System.Globalization;

namespace ZeroKSync.Bench.Transport;

/// <summary>The lines of a run, with what was promised and what the reference did.</summary>
internal sealed class ResultTable(TextWriter output)
{
    private const double LeastShareOfReference = 0.65;
    private readonly List<string[]> _lines = [["what", "unit", "median", "least", "most", "target", "CPU us/op", "B/op", "reference", "ratio", "holds"]];

    public bool HasMissed { get; private set; }

    /// <param name="isLeast">The target is a floor, else a ceiling.</param>
    public void Add(string what, string unit, IEnumerable<double> own, IReadOnlyList<double> other, double target, bool isLeast, IEnumerable<double> processor, IEnumerable<double> allocated)
    {
        double[] values = [.. own];
        double median = Quantiles.Median(values);
        double reference = Quantiles.Median(other.Where(value => !double.IsNaN(value)));
        double ratio = isLeast ? median / reference : reference / median;
        bool holds = (isLeast ? median >= target : median <= target) && (double.IsNaN(ratio) || ratio >= LeastShareOfReference);
        HasMissed |= !holds;
        _lines.Add(
        [
            what, unit, Text(median), Text(values.Min()), Text(values.Max()), (isLeast ? ">= " : "<= ") + Text(target),
            Text(Quantiles.Median(processor)), Text(Quantiles.Median(allocated)), Text(reference), double.IsNaN(ratio) ? "-" : ratio.ToString("0.00", CultureInfo.InvariantCulture), holds ? "yes" : "NO",
        ]);
        output.WriteLine($"  {what}: {Text(median)} {unit}");
    }

    public void Print()
    {
        int[] widths = [.. Enumerable.Range(0, _lines[0].Length).Select(column => _lines.Max(line => line[column].Length))];
        foreach (string[] line in _lines)
            output.WriteLine(string.Join("  ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
    }

    private static string Text(double value) => double.IsNaN(value) ? "-" : value.ToString(value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture);
}
