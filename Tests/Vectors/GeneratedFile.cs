using System.Text.Json;

namespace ZeroKSync.Tests.Vectors;

/// <summary>Known answers that the tree carries: made by a script in Generators over an independent implementation, and built into this assembly.</summary>
internal static class GeneratedFile
{
    internal static JsonElement Open(string name)
    {
        using Stream stream = typeof(GeneratedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not built in.");
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
