using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>
/// The group against a model of it, on real storage. A failure names its seed and the story up to what failed;
/// <c>ZKS_SEED</c> tells it again.
/// </summary>
public sealed class GroupModelTests
{
    private const int Steps = 120;
    private static readonly int Stories = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1" ? 2_000 : 25;

    [Fact]
    public async Task R_FENCE_S_SM_01_Group_AnyStoryOfCommandsAndCrashes_IsWhatTheModelSays()
    {
        using var folder = new TempDirectory();
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = folder.Path });
        var log = new FaultyLog(new SqliteBlobLog(store));
        var clock = new FakeTimeProvider();
        var limits = new StoryOptions();
        await using var one = new GroupHost(log, clock, limits);
        await using var two = new GroupHost(log, clock, limits);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        bool isChosen = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), CultureInfo.InvariantCulture, out int chosen);
        int first = isChosen ? chosen : RandomNumberGenerator.GetInt32(int.MaxValue - Stories);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ZKS_SEED={first}"));
        for (int seed = first; seed < first + (isChosen ? 1 : Stories); seed++)
        {
            using var story = new GroupStory(seed, log, clock, limits, one, two);
            if (await TellAsync(seed, story) is { } failure)
                Assert.Fail(failure);
        }
    }

    private static async Task<string?> TellAsync(int seed, GroupStory story)
    {
        try
        {
            await story.RunAsync(Steps);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{string.Join('\n', story.Told)}\nZKS_SEED={seed}\n{exception}");
        }
    }
}
