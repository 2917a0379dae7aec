using System.Text.RegularExpressions;

namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>Rules about every source file.</summary>
public sealed partial class SourceRuleTests
{
    private const int LinesMax = 400;

    // Where a database driver may be named: the relay's store, the client's store, and the tests of either.
    private static readonly string[] SqliteRooms = ["Storage/Sqlite", "ClientSdk/Persistence", "Silo", "Bench", "Tests"];

    [Fact]
    public void Sources_All_AreFound() =>
        Assert.Contains("Tests/Unit/Architecture/SourceRuleTests.cs", Sources.CSharp);

    [Fact]
    public void Sources_All_AreShort() =>
        Assert.Empty(Sources.CSharpWhere(path => Sources.Lines(path).Length > LinesMax));

    [Fact]
    public void Sources_All_HaveNoRegions() =>
        Assert.Empty(Sources.CSharpWhere(path => Sources.Lines(path).Any(line => Region().IsMatch(line))));

    [Fact]
    public void Sources_All_CompileTheSameEverywhere() =>
        Assert.Empty(Sources.CSharpWhere(path => Sources.Lines(path).Any(line => Condition().IsMatch(line))));

    [Fact]
    public void Sources_All_LeaveReentrancyAlone() =>
        Assert.Empty(Sources.CSharpWhere(path => Sources.Lines(path).Any(line => Reentrant().IsMatch(line))));

    [Fact]
    public void Sqlite_OutsideTheStores_IsNotNamed() =>
        Assert.Empty(Sources.CSharpWhere(path => !Sources.IsUnder(path, SqliteRooms) && Sqlite().IsMatch(Sources.Read(path))));

    [Fact]
    public void GrainSources_All_StayOnTheirScheduler() =>
        Assert.Empty(Sources.CSharpWhere(path => Sources.IsUnder(path, "Grains") && OffScheduler().IsMatch(Sources.Read(path))));

    [GeneratedRegex(@"^\s*#\s*(region|endregion)\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"^\s*#\s*(if|elif|else|endif|define)\b")]
    private static partial Regex Condition();

    [GeneratedRegex(@"^\s*\[[^\]]*\b(Reentrant|MayInterleave)\b")]
    private static partial Regex Reentrant();

    [GeneratedRegex(@"\b(using\s+Microsoft\.Data\.Sqlite|SQLitePCL\b|SqliteConnection\b)")]
    private static partial Regex Sqlite();

    [GeneratedRegex(@"\bTask\.Run\b|\.ConfigureAwait\(false\)")]
    private static partial Regex OffScheduler();
}
