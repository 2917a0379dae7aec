using System.Reflection;
using System.Text;
using ZeroKSync.Silo.Configuration;

namespace ZeroKSync.Tests.Unit.Silo.Configuration;

/// <summary>docs/OPTIONS.md, written of the options themselves.</summary>
internal static class OptionPage
{
    private const string Head = """
        # Options of a relay

        Made from the options' own comments and compared by a test: `ZKS_APPROVE=1 ./test.sh '*OptionPageTests'` writes it again.

        A key is written `Section:Key`. It is taken, the later one winning, from a JSON file (`--config`), a directory with one file a key
        (`--secrets`, for example `Telemetry__OtlpHeaders`; made for `/run/secrets` and systemd's credentials), the environment
        (`ZKS_RELAY_GATEWAY__SESSIONSMAX`), and the command line (`--set Gateway:SessionsMax=500`, or the option named below). A key nobody
        knows stops the start, and is answered with the nearest one that exists; so does a value out of its bounds. `zks-relay options`
        prints what would hold and what sets it. Times are written `d.hh:mm:ss`: a number alone would be days.

        """;

    private static readonly Dictionary<string, string> CommandLine = new(StringComparer.Ordinal)
    {
        ["Relay:DataDirectory"] = "--data",
        ["Relay:Listen"] = "--listen",
        ["Relay:WebSocket"] = "--websocket",
        ["Relay:Http"] = "--http",
        ["Relay:PublicHttp"] = "--public-http",
        ["Relay:Preset"] = "--preset",
        ["Engine:Name"] = "--engine",
        ["Engine:Loops"] = "--loops",
        ["Engine:Datagrams"] = "--datagrams",
        ["Engine:QlogDirectory"] = "--qlog",
    };

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (OptionSection section in OptionCatalogue.Sections)
        {
            page.Append($"\n## {section.Name}\n| Key | Default | Bounds | Meaning |\n|---|---|---|---|\n");
            foreach (PropertyInfo key in section.Keys)
            {
                OptionComment comment = OptionComment.Read(key);
                string bounds = comment.Low is null ? string.Empty : $"{comment.Low} to {comment.High}";
                string option = CommandLine.TryGetValue(section.Path(key), out string? name) ? $" (`{name}`)" : string.Empty;
                page.Append($"| `{key.Name}`{option} | {Defaults(section, key)} | {bounds} | {comment.Meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }
        }

        return page.ToString();
    }

    private static string Defaults(OptionSection section, PropertyInfo key)
    {
        string value = Of(Presets.Default);
        string others = string.Concat(Presets.All.Where(preset => Of(preset) != value).Select(preset => $"; {preset}: {Of(preset)}"));
        return value + others;

        string Of(string preset) => OptionText.Of(key.GetValue(section.Create(preset))) is { Length: > 0 } text ? $"`{text}`" : string.Empty;
    }
}
