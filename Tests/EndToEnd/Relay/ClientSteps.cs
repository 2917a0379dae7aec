using System.Text;
using ZeroKSync.Client;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>What tests have a client do, in texts.</summary>
internal static class ClientSteps
{
    /// <summary>Returns when the relay has all of them.</summary>
    public static async Task PushTextsAsync(this SyncClient client, params string[] texts)
    {
        foreach (string text in texts)
            await client.PushAsync(Encoding.UTF8.GetBytes(text), Bounded.Token());

        Assert.True(await client.FlushAsync(Bounded.Default, Bounded.Token()));
    }

    /// <summary>What is there to the head.</summary>
    public static async Task<List<string>> ReadTextsAsync(this SyncClient client)
    {
        (List<string> read, SyncException? failure) = await client.TryReadTextsAsync();
        return failure is null ? read : throw failure;
    }

    /// <summary>What is delivered until the head, or until the client says why it cannot go on.</summary>
    public static async Task<(List<string> Read, SyncException? Failure)> TryReadTextsAsync(this SyncClient client)
    {
        var read = new List<string>();
        try
        {
            await foreach (SyncedBlob blob in client.ReadToHeadAsync(Bounded.Token()))
                read.Add(blob.Text());

            return (read, null);
        }
        catch (SyncException exception)
        {
            return (read, exception);
        }
    }

    public static string Text(this SyncedBlob blob) => Encoding.UTF8.GetString(blob.Data.Span);

    /// <summary>The first of a kind from now on. To be called before what causes it.</summary>
    public static async Task<SyncEvent> FirstAsync(this SyncClient client, SyncEventKind kind)
    {
        await foreach (SyncEvent happened in client.Events.WithCancellation(Bounded.Token()))
        {
            if (happened.Kind == kind)
                return happened;
        }

        throw new InvalidOperationException($"The client was closed without {kind}.");
    }
}
