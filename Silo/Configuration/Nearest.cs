namespace ZeroKSync.Silo.Configuration;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Nearest
{
    /// <summary>The known word with the fewest letters to change, or null where even that one is another word: more than a third of it differs.</summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        (string Word, int Distance)? best = known.Select(word => (Word: word, Distance: Distance(written, word))).OrderBy(candidate => candidate.Distance).FirstOrDefault();
        return best is { Word: not null } found && found.Distance <= Math.Max(written.Length, found.Word.Length) / 3 ? found.Word : null;
    }

    // Levenshtein's, without regard to case: both rows are as long as the known word, which is ours.
    private static int Distance(string written, string known)
    {
        int[] above = [.. Enumerable.Range(0, known.Length + 1)];
        int[] row = new int[known.Length + 1];
        for (int i = 1; i <= written.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= known.Length; j++)
            {
                int change = char.ToUpperInvariant(written[i - 1]) == char.ToUpperInvariant(known[j - 1]) ? 0 : 1;
                row[j] = Math.Min(above[j - 1] + change, Math.Min(above[j], row[j - 1]) + 1);
            }

            (above, row) = (row, above);
        }

        return above[known.Length];
    }
}
