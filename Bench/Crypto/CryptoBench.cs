using System.Globalization;

namespace ZeroKSync.Bench.Crypto;

/// <summary>
/// The primitives on one core. Every line is measured in turn with its reference, round by round, and the medians are compared: the machine
/// is shared, so only the ratio means something elsewhere. A line is added to one of the catalogues below.
/// </summary>
internal sealed class CryptoBench(TextWriter output, int rounds, TimeSpan length, int measurements)
{
    private static readonly string[] Heads = ["what", "unit", "median", "least", "most", "wall", "B/call", "target", "reference", "its median", "ratio", "holds"];

    private readonly List<string[]> _table = [Heads];
    private bool _hasMissed;

    private static IEnumerable<CryptoLine> Lines => [.. Blake3Lines.All(), .. CipherLines.All(), .. KemLines.All(), .. HandshakeLines.All()];

    /// <summary>Measures the lines whose name has <paramref name="only"/> in it, and prints the table.</summary>
    /// <returns>0, or 1 where a target was missed.</returns>
    public int Run(string only)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one core of {Environment.ProcessorCount}, {rounds} rounds, medians; rates count processor time, 'wall' the wall's clock"));
        foreach (CryptoLine line in Lines.Where(line => line.What.Contains(only, StringComparison.OrdinalIgnoreCase)))
            Measure(line);

        int[] widths = [.. Enumerable.Range(0, Heads.Length).Select(column => _table.Max(row => row[column].Length))];
        foreach (string[] row in _table)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column is 0 or 8 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));

        if (TimingLeak.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            _hasMissed |= !new TimingLeak(output, measurements).Run();

        return _hasMissed ? 1 : 0;
    }

    private void Measure(CryptoLine line)
    {
        CryptoWork work = line.Prepare();

        // One round for the JIT.
        CoreRate.Of(work.Own, length);
        CoreRate.Of(work.Reference, length);
        var own = new List<CoreRate>();
        var reference = new List<CoreRate>();
        for (int round = 0; round < rounds; round++)
        {
            own.Add(CoreRate.Of(work.Own, length));
            reference.Add(CoreRate.Of(work.Reference, length));
        }

        double[] rates = [.. own.Select(rate => rate.PerProcessorSecond * line.PerCall)];
        double median = Quantiles.Median(rates);
        double other = Quantiles.Median(reference.Select(rate => rate.PerProcessorSecond * line.PerCall));
        bool holds = line.Target is not { } target || median >= target;
        _hasMissed |= !holds;
        _table.Add(
        [
            line.What, line.Unit, Text(median), Text(rates.Min()), Text(rates.Max()), Text(Quantiles.Median(own.Select(rate => rate.PerSecond * line.PerCall))),
            Text(Quantiles.Median(own.Select(rate => rate.BytesPerCall))), line.Target is { } floor ? ">= " + Text(floor) : "-", line.Reference, Text(other), (median / other).ToString("0.00", CultureInfo.InvariantCulture), line.Target is null ? "-" : holds ? "yes" : "NO",
        ]);
        output.WriteLine($"  {line.What}: {Text(median)} {line.Unit}");
    }

    private static string Text(double value) => value.ToString(value >= 100 ? "0" : "0.00", CultureInfo.InvariantCulture);
}
