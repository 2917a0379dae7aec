using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ZeroKSync.Tests.Unit.Silo.Configuration;

/// <summary>What the comment of an option says: its meaning, and its bounds in the form "LOW to HIGH, default VALUE."</summary>
internal sealed partial record OptionComment(string Meaning, string? Low, string? High, string? Default)
{
    private static readonly Dictionary<string, XElement> Files = new(StringComparer.Ordinal);

    public static OptionComment Read(PropertyInfo option)
    {
        string member = $"P:{option.DeclaringType!.FullName}.{option.Name}";
        string file = Path.ChangeExtension(option.DeclaringType.Assembly.Location, ".xml");
        if (!Files.TryGetValue(file, out XElement? members))
            members = Files[file] = XDocument.Load(file).Root!.Element("members")!;

        XElement summary = members.Elements("member").Single(element => (string?)element.Attribute("name") == member).Element("summary")!;
        string text = Space().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
        Match bounds = Bounds().Match(text);
        return bounds.Success
            ? new OptionComment(text[..bounds.Index].TrimEnd() + text[(bounds.Index + bounds.Length)..], bounds.Groups["low"].Value, bounds.Groups["high"].Value, bounds.Groups["default"].Value)
            : new OptionComment(text, null, null, null);
    }

    /// <summary>"64 KiB" as a number of bytes, "5 min" as a time, "1,000" as it is.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static object Parse(string text, Type type)
    {
        Match match = Amount().Match(text);
        if (!match.Success)
            throw new FormatException($"'{text}' is no amount.");

        double number = double.Parse(match.Groups["number"].Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        string unit = match.Groups["unit"].Value;
        if (type == typeof(TimeSpan))
        {
            return unit switch
            {
                "" when number == 0 => TimeSpan.Zero,
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" => TimeSpan.FromSeconds(number),
                "min" or "minute" or "minutes" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                "d" or "day" or "days" => TimeSpan.FromDays(number),
                _ => throw new FormatException($"'{text}' is no time."),
            };
        }

        double amount = number * unit switch
        {
            "" => 1,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            "TiB" => 1L << 40,
            _ => throw new FormatException($"'{text}' is no number."),
        };
        return Convert.ChangeType(amount, type, CultureInfo.InvariantCulture);
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword"))!.Split('.')[^1]}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        _ => string.Empty,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"(?<low>\d[\d,.]*( [A-Za-z]+)?) to (?<high>\d[\d,.]*( [A-Za-z]+)?|the cap), default (?<default>(\d[\d,.]*( [A-Za-z]+)?)|the most)(?=[.:;])[.;]?")]
    private static partial Regex Bounds();

    [GeneratedRegex(@"^(?<number>\d[\d,.]*)( (?<unit>[A-Za-z]+))?$")]
    private static partial Regex Amount();
}
