using System.Globalization;
using System.Text;

namespace ZeroKSync.Gateway.Http.Status;

/// <summary>Error codes and reasons as people read them.</summary>
internal static class RefusalNames
{
    /// <summary>"2000" and "PerAddress" become "rate limited" and "per address".</summary>
    public static string Of(string? label)
    {
        string name = uint.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out uint code) && Enum.IsDefined((ErrorCode)code)
            ? ((ErrorCode)code).ToString()
            : label ?? string.Empty;
        var words = new StringBuilder(name.Length + 8);
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && words.Length > 0)
                words.Append(' ');

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}
