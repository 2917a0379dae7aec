using System.Text.Json;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Vectors;

/// <summary>
/// Known answers from outside the project. They lie beside the checkout, or where ZKS_VECTORS says; a test whose file is not there is
/// skipped and says so.
/// </summary>
internal static class VectorFile
{
    internal static JsonElement Open(params ReadOnlySpan<string> parts)
    {
        string folder = Environment.GetEnvironmentVariable("ZKS_VECTORS") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(RepositoryRoot.Path, "..", "shared", "vectors");
        string file = Path.Combine([folder, .. parts]);
        if (!File.Exists(file))
            Assert.Skip($"The known answers {string.Join('/', parts)} are not on this machine: ZKS_VECTORS names their folder.");

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    internal static byte[] Bytes(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    internal static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
