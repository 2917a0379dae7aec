namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

[GenerateSerializer]
[Alias("zks.tests.StoredText")]
public sealed class StoredText
{
    [Id(0)]
    public string Text { get; set; } = "";
}
