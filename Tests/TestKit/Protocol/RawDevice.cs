using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>A scripted device: a welcomed session that counts its own blobs.</summary>
public sealed class RawDevice(RawSession session, Welcome welcome, RawStream pushing) : IAsyncDisposable
{
    private ulong _last = welcome.LastSeq.Value;

    public RawSession Session => session;

    public DeviceId Id => session.Device;

    /// <summary>Where the relay stood with it when the session began.</summary>
    public Welcome Welcome => welcome;

    public static async Task<RawDevice> JoinAsync(RawSession session, RawGroup group, bool create = false)
    {
        Welcome welcome = await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create));
        return new RawDevice(session, welcome, await session.OpenAsync());
    }

    /// <summary>The next blob, not sent.</summary>
    public Push Next() => RawBlobs.Make(++_last);

    public Task<PushAck> PushAsync() => pushing.AskAsync<Push, PushAck>(Next());

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => await (await session.OpenAsync()).AskAsync<TRequest, TResponse>(request);

    public Task AcknowledgeAsync(ulong cursor) => AskAsync<Ack, Done>(new Ack(new Cursor(cursor)));

    /// <summary>Everything after a cursor, page by page.</summary>
    public async Task<List<PullEntry>> PullAllAsync(ulong after = 0, bool own = false, uint limit = 0)
    {
        var entries = new List<PullEntry>();
        while (true)
        {
            PullResponse page = await AskAsync<Pull, PullResponse>(new Pull(new Cursor(after), limit, 0, own));
            entries.AddRange(page.Entries);
            after = page.ThroughCursor.Value;
            if (!page.HasMore)
                return entries;
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
