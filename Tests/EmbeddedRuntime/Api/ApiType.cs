using System.Text;

namespace ZeroKSync.Tests.EmbeddedRuntime.Api;

/// <summary>One type of a surface, as text.</summary>
internal sealed record ApiType(string Heading, SortedSet<string> Implemented, SortedSet<string> Members)
{
    public void AppendTo(StringBuilder text)
    {
        text.Append(Heading).Append('\n');
        foreach (string one in Implemented)
            text.Append("    implements ").Append(one).Append('\n');

        foreach (string member in Members)
            text.Append("    ").Append(member).Append('\n');
    }
}
