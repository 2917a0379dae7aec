using System.Globalization;

namespace ZeroKSync.Silo.Configuration;

/// <summary>Options as people read and write them.</summary>
internal static class OptionText
{
    /// <summary>A value as it could be written in a configuration.</summary>
    public static string Of(object? value) => value switch
    {
        null => string.Empty,
        string[] list => list.Length == 0 ? string.Empty : $"({list.Length} entries)",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    /// <summary>What can be written for an option of this type.</summary>
    public static string Kind(Type type) => type switch
    {
        _ when type.IsEnum => string.Join(" or ", Enum.GetNames(type)),
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time as d.hh:mm:ss",
        _ when type == typeof(Uri) => "an address as https://HOST/PATH",
        _ => "a text",
    };
}
