using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>Tells the relay what is durably in the inbox: one ACK outstanding, the newest cursor, so that a burst of pages costs few.</summary>
internal sealed class AckPump(RelayLink link, TimeProvider time)
{
    // An acknowledgement frees room at the relay and is in no hurry: what comes within this time shares one.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly Pulse _wanted = new();
    private ulong _through;

    public void Want(Cursor through)
    {
        if (through.Value > Volatile.Read(ref _through))
        {
            Volatile.Write(ref _through, through.Value);
            _wanted.Fire();
        }
    }

    /// <summary>Runs until the session ends.</summary>
    /// <param name="acked">What the relay knows already.</param>
    public async Task RunAsync(Cursor acked, CancellationToken cancellationToken)
    {
        ulong known = acked.Value;
        while (true)
        {
            Task wanted = _wanted.Next;
            if (Volatile.Read(ref _through) <= known)
            {
                await wanted.WaitAsync(cancellationToken).ConfigureAwait(false);
                await Task.Delay(Gathering, time, cancellationToken).ConfigureAwait(false);
            }

            ulong through = Volatile.Read(ref _through);
            await link.RequestAsync<Ack, Done>(new Ack(new Cursor(through)), cancellationToken).ConfigureAwait(false);
            known = through;
        }
    }
}
