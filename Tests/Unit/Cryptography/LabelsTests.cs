using System.Reflection;
using System.Text;
using ZeroKSync.Cryptography;

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
}
