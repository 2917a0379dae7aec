using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task GrainState_WriteAsync_ThenRead_GivesTheStateAndItsEtag()
    {
        Assert.Null(await States.ReadAsync("n", "k", Token));
        string? etag = await States.WriteAsync("n", "k", null, new byte[] { 1 }, Token);

        StoredGrainState? stored = await States.ReadAsync("n", "k", Token);

        Assert.Equal(etag, stored?.Etag);
        Assert.Equal([1], stored?.State.ToArray());
        Assert.Null(await States.ReadAsync("n", "other", Token));
    }

    [Fact]
    public async Task GrainState_WriteAsync_OtherEtag_ChangesNothing()
    {
        string? first = await States.WriteAsync("n", "k", null, new byte[] { 1 }, Token);
        string? second = await States.WriteAsync("n", "k", first, new byte[] { 2 }, Token);
        Assert.NotEqual(first, second);

        Assert.Null(await States.WriteAsync("n", "k", first, new byte[] { 3 }, Token));
        Assert.Null(await States.WriteAsync("n", "k", null, new byte[] { 3 }, Token));

        Assert.Equal([2], (await States.ReadAsync("n", "k", Token))?.State.ToArray());
    }

    [Fact]
    public async Task GrainState_ClearAsync_OnlyWithWhatWasRead()
    {
        Assert.True(await States.ClearAsync("n", "k", null, Token));
        string? etag = await States.WriteAsync("n", "k", null, new byte[] { 1 }, Token);

        Assert.False(await States.ClearAsync("n", "k", null, Token));
        Assert.False(await States.ClearAsync("n", "k", etag + "0", Token));
        Assert.True(await States.ClearAsync("n", "k", etag, Token));
        Assert.Null(await States.ReadAsync("n", "k", Token));
    }
}
