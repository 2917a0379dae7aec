using System.Text.Json;

namespace ZeroKSync.TestKit;

/// <summary>
/// Known answers that independent implementations gave: the scripts in Tests/Vectors/Generators, whose output in Tests/Vectors/Generated is
/// part of the tree.
/// </summary>
public static class KnownAnswers
{
    public static JsonElement Open(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(RepositoryRoot.File("Tests", "Vectors", "Generated", name)));
        return document.RootElement.Clone();
    }

    /// <summary>A property's bytes, written in hexadecimal.</summary>
    public static byte[] Bytes(JsonElement element, string name) => Bytes(element.GetProperty(name));

    public static byte[] Bytes(JsonElement element) => Convert.FromHexString(element.GetString() ?? string.Empty);
}
