using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The order of a subscription, without its stream: pages from a cursor on, then each new one as it is committed. Every page starts where the
/// one before ended, so there is no gap and no overlap, whenever rows are committed and whichever notices are lost.
/// </summary>
/// <param name="read">The page after a cursor.</param>
/// <param name="send">Hands a page on, and returns when there is room for another.</param>
/// <param name="headMoved">Fires after rows were committed.</param>
internal sealed class SubscriptionFeed(
    Func<Cursor, CancellationToken, Task<ReadResult>> read,
    Func<ReadPage, CancellationToken, Task> send,
    Signal headMoved)
{
    /// <summary>Runs until a read gives no page, and returns what it gave instead.</summary>
    public async Task<ReadResult> RunAsync(Cursor after, CancellationToken cancellationToken)
    {
        Cursor position = after;
        bool isFirst = true;
        while (true)
        {
            // Before the read: what is committed in between wakes the next round.
            Task moved = headMoved.Next;
            ReadResult result = await read(position, cancellationToken);
            if (result is not ReadPage page)
                return result;

            // The first page is sent even if it is empty: it tells the reader that it is level.
            if (isFirst || page.ThroughCursor > position)
            {
                await send(page, cancellationToken);
                position = page.ThroughCursor;
                isFirst = false;
            }

            if (!page.HasMore)
                await moved.WaitAsync(cancellationToken);
        }
    }
}
