using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ZeroKSync.Bench.Transport;

/// <summary>
/// Another program that measures the same things on this machine, run between our own rounds. It gets <c>thr</c>, <c>lat</c>, <c>bulk</c> or
/// <c>hs</c> and its arguments, and prints a line with a figure: <c>N req/s</c>, <c>p50 N us</c>, <c>N MiB/s</c> or <c>N/s</c>.
/// </summary>
internal sealed partial class ReferenceProgram(FileInfo assembly)
{
    public async Task<double> RunAsync(string arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(assembly.FullName);
        foreach (string argument in arguments.Split(' '))
            start.ArgumentList.Add(argument);

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The reference program did not start.");
        string text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        double[] figures = [.. Figure().Matches(text).Select(match => double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture))];
        return figures.Length == 0 ? throw new InvalidOperationException("The reference program printed no figure.") : Quantiles.Median(figures);
    }

    [GeneratedRegex(@"^\S.*?(?:p50 (?<n>[0-9.]+) us|: (?<n>[0-9.]+) req/s|: (?<n>[0-9.]+) MiB/s|: (?<n>[0-9.]+)/s)", RegexOptions.Multiline)]
    private static partial Regex Figure();
}
