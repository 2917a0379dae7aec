namespace ZeroKSync.Silo.Configuration;

/// <summary>The check that every bounded option shares.</summary>
internal static class OptionBounds
{
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its bounds; the message names it.</exception>
    public static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}
