namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>Makes an input smaller as long as it still breaks the same promise: cuts pieces out, large ones first, then makes bytes zero.</summary>
internal static class Minimiser
{
    /// <summary>Tries at most: an input that is hard to shrink is kept as it is.</summary>
    private const int TriesMax = 4_000;

    public static byte[] Minimise(byte[] input, Predicate<byte[]> breaks)
    {
        int tries = 0;
        byte[] smallest = input;
        for (int piece = Math.Max(1, input.Length / 2); piece > 0; piece /= 2)
        {
            for (int at = 0; at < smallest.Length && tries < TriesMax;)
            {
                byte[] cut = [.. smallest.AsSpan(0, at), .. smallest.AsSpan(Math.Min(at + piece, smallest.Length))];
                tries++;
                if (breaks(cut))
                    smallest = cut;
                else
                    at += piece;
            }
        }

        for (int at = 0; at < smallest.Length && tries < TriesMax; at++)
        {
            byte[] zeroed = [.. smallest];
            zeroed[at] = 0;
            tries++;
            if (smallest[at] != 0 && breaks(zeroed))
                smallest = zeroed;
        }

        return smallest;
    }
}
