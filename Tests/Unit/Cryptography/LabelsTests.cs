using System.Reflection;
using System.Text;
using ZeroKSync.Cryptography;
using ZeroKSync.Tests.Unit.Architecture;

namespace ZeroKSync.Tests.Unit.Cryptography;

public sealed class LabelsTests
{
    private delegate ReadOnlySpan<byte> ReadLabel();

    [Fact]
    public void Labels_AreAscii_AndNoTwoAreTheSame()
    {
        var seen = new HashSet<string>();
        foreach (PropertyInfo label in typeof(Labels).GetProperties())
        {
            string text = Encoding.Latin1.GetString(label.GetMethod!.CreateDelegate<ReadLabel>()());
            Assert.All(text, character => Assert.InRange(character, ' ', '~'));
            Assert.True(seen.Add(text), label.Name);
        }

        Assert.NotEmpty(seen);
    }

    // A label written a second time could be changed in one place only: two halves of one rule would then part in silence.
    [Fact]
    public void Labels_AreWrittenNowhereElse()
    {
        string[] quoted = [.. typeof(Labels).GetProperties()
            .Select(label => Encoding.Latin1.GetString(label.GetMethod!.CreateDelegate<ReadLabel>()()))
            .Select(text => $"\"{text}\"u8")];
        Assert.Empty(Sources.CSharpWhere(path => !path.StartsWith("Tests/", StringComparison.Ordinal)
            && path != "Cryptography/Labels.cs"
            && Sources.Read(path) is { } text
            && quoted.Any(label => text.Contains(label, StringComparison.Ordinal))));
    }
}
