using System.Text;
using ZeroKSync.EmbeddedRuntime;

namespace ZeroKSync.Tests.EmbeddedRuntime.Api;

public sealed class EmbeddedApiTests
{
    [Fact]
    public void Surface_OfTheEmbeddedRuntime_IsThePage()
    {
        var text = new StringBuilder();
        foreach (var (name, type) in ApiReader.Read(typeof(EmbeddedGrainOptions).Assembly.Location))
        {
            if (name.StartsWith("Orleans.", StringComparison.Ordinal))
                type.AppendTo(text);
        }

        if (Environment.GetEnvironmentVariable("ZKS_APPROVE") == "1")
            File.WriteAllText(OrleansApiTests.Page, text.ToString());

        Assert.Equal(File.Exists(OrleansApiTests.Page) ? File.ReadAllText(OrleansApiTests.Page).ReplaceLineEndings("\n") : "", text.ToString());
    }
}
