using System.Globalization;

namespace ZeroKSync.Bench.Relay;

/// <summary>Prints the figures as they come, and at the end which bounds held.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<string> _verdicts = [];

    public bool HasMissed { get; private set; }

    public void Say(string line) => output.WriteLine(line);

    public void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>One figure of each contestant.</summary>
    public void Row(string what, string unit, Rounds rounds)
    {
        Say(what);
        foreach (string contestant in rounds.Contestants)
        {
            string processor = double.IsNaN(rounds.ServerMicroseconds(contestant))
                ? string.Empty
                : string.Create(CultureInfo.InvariantCulture, $"   processor: server {rounds.ServerMicroseconds(contestant),7:0.0} us, client {rounds.ClientMicroseconds(contestant),7:0.0} us");
            Say($"    {contestant,-16}{Text(rounds.Median(contestant)),12} {unit,-5}{processor}");
        }
    }

    /// <summary>What must hold, and whether it does. A figure that was not measured is no miss.</summary>
    public void Bound(string what, double value, double bound, bool isLeast)
    {
        if (double.IsNaN(value))
            return;

        bool holds = isLeast ? value >= bound : value <= bound;
        HasMissed |= !holds;
        string line = $"    {what}: {Text(value)}, {(isLeast ? "at least" : "at most")} {Text(bound)}: {(holds ? "holds" : "MISSED")}";
        Say(line);
        _verdicts.Add(line);
    }

    /// <summary>Every bound once more.</summary>
    public void Summarise()
    {
        Say("bounds");
        foreach (string verdict in _verdicts)
            Say(verdict);
    }

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 1000 ? "0" : "0.00", CultureInfo.InvariantCulture);
}
