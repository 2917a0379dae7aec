using System.Text;
using System.Text.RegularExpressions;

namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>
/// Finds what could take its time by value in a C# source: divisions, branches, comparisons, indexes, calls that stop early. It reads text and
/// follows no data: it reports everything of the kind, less what only counts (loop heads and indexes made of counters and constants) and the
/// conditions that somebody has read and listed.
/// </summary>
internal static partial class ConstantTimeSource
{
    // Counters and positions of these files: none ever holds a secret value. Names of constants and properties begin with a capital.
    private static readonly HashSet<string> Counters =
        ["i", "j", "row", "bit", "start", "length", "exponent", "at", "bits", "pendingBits", "_position", "_rate"];

    /// <param name="text">A whole file, or some lines.</param>
    /// <param name="reviewed">Conditions that are decided by public values, as they stand in the source.</param>
    public static IReadOnlyList<string> Findings(string text, params string[] reviewed)
    {
        var findings = new List<string>();
        foreach (string line in WithoutComments(text).Split('\n'))
        {
            // Computed by the compiler.
            if (!Constant().IsMatch(line))
                Find(line.Trim(), reviewed, findings);
        }

        return findings;
    }

    private static void Find(string line, string[] reviewed, List<string> findings)
    {
        if (reviewed.Contains(line))
            return;

        // Length is public, and of a loop only its head decides.
        string rest = ForHead().Replace(line, head => IsCounting(head.Groups["condition"].Value) ? string.Empty : head.Value);
        rest = ForEach().Replace(rest, string.Empty);
        string what =
            Division().IsMatch(rest) ? "division"
            : Branch().IsMatch(rest) ? "branch"
            : Comparison().IsMatch(rest) ? "comparison"
            : EarlyEnd().IsMatch(rest) ? "call that may stop early"
            : Index().Matches(rest).Any(index => !IsCounting(index.Groups["index"].Value)) ? "index"
            : string.Empty;
        if (what.Length > 0)
            findings.Add($"{what}: {line}");
    }

    // Only counters, constants, numbers, and lengths.
    private static bool IsCounting(string expression) =>
        !expression.Contains('[', StringComparison.Ordinal)
        && Name().Matches(Length().Replace(expression, string.Empty)).All(name => char.IsUpper(name.Value[0]) || Counters.Contains(name.Value));

    private static string WithoutComments(string text)
    {
        var kept = new StringBuilder();
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            int comment = line.IndexOf("//", StringComparison.Ordinal);
            kept.Append(comment < 0 ? line : line[..comment]).Append('\n');
        }

        return kept.ToString();
    }

    [GeneratedRegex(@"^\s*(public|internal|private)\s+const\b")]
    private static partial Regex Constant();

    [GeneratedRegex(@"\bfor \([^;]*;(?<condition>[^;]*);.*\)$")]
    private static partial Regex ForHead();

    [GeneratedRegex(@"\bforeach \((ref )?\w+ \w+ in \w+\)$")]
    private static partial Regex ForEach();

    [GeneratedRegex(@"[/%]|\bMath\.(DivRem|BigMul)|\bDivRem\b")]
    private static partial Regex Division();

    [GeneratedRegex(@"\b(if|while|for|foreach|switch|case|when|goto|try|catch|throw)\b|\?|&&|\|\|")]
    private static partial Regex Branch();

    [GeneratedRegex(@"==|!=|(?<![<>])[<>]=| [<>] |\bis\b|\bMath\.(Min|Max|Abs|Clamp)\b")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\.(Sequence\w+|Contains\w*|IndexOf\w*|LastIndexOf\w*|StartsWith|EndsWith|CommonPrefixLength|CompareTo|Equals|Trim\w*|BinarySearch|Count)\(")]
    private static partial Regex EarlyEnd();

    // Not attributes and collection expressions: what stands before the bracket is a name or another index.
    [GeneratedRegex(@"(?<=[\w\])])\[(?<index>(?:[^\[\]]|(?<open>\[)|(?<-open>\]))*)(?(open)(?!))\]")]
    private static partial Regex Index();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b[A-Za-z_]\w*\.Length\b")]
    private static partial Regex Length();
}
