using System.Text.Json;

namespace ZeroKSync.Tests.Vectors;

/// <summary>A file of Wycheproof: groups of cases, each with a result. All cases run; the numbers of those that went wrong fail the test.</summary>
internal static class WycheproofFile
{
    /// <summary>Runs every case of a file.</summary>
    /// <param name="name">File name without folder.</param>
    /// <param name="isAccepted">What the code under test says: true where a "valid" case gives the expected bytes, false where an "invalid" one is refused.</param>
    internal static void Check(string name, Func<JsonElement, JsonElement, bool> isAccepted)
    {
        JsonElement file = VectorFile.Open("wycheproof", name);
        var wrong = new List<int>();
        int cases = 0;
        foreach (JsonElement group in file.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                cases++;
                bool actual = isAccepted(group, test);
                if (test.Text("result") is var result && result != "acceptable" && actual != (result == "valid"))
                    wrong.Add(test.GetProperty("tcId").GetInt32());
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(file.GetProperty("numberOfTests").GetInt32(), cases);
    }
}
