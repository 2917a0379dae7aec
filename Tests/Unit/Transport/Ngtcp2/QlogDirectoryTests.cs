using ZeroKSync.TestKit;
using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

public sealed class QlogDirectoryTests
{
    [Fact]
    public void TryOpen_ANameThatIsThere_GetsNoFileAndLeavesTheOther()
    {
        using var folder = new TempDirectory();
        var directory = new QlogDirectory(folder.Path);
        using (QlogFile? first = directory.TryOpen("one"))
            first!.Write("first"u8);

        Assert.Null(directory.TryOpen("one"));
        Assert.Equal("first", File.ReadAllText(folder.Sub("one.sqlog")));
    }

    [Fact]
    public void TryOpen_BeyondTheBound_GetsNoFile()
    {
        using var folder = new TempDirectory();
        var directory = new QlogDirectory(folder.Path);
        for (int i = 0; i < QlogDirectory.FilesMax; i++)
            directory.TryOpen($"{i}")!.Dispose();

        Assert.Null(directory.TryOpen("more"));
    }

    [Fact]
    public void TryOpen_NoSuchDirectory_GetsNoFile()
    {
        using var folder = new TempDirectory();

        Assert.Null(new QlogDirectory(folder.Sub("gone")).TryOpen("one"));
    }
}
