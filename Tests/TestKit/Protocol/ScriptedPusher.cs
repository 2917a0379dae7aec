using System.Net;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>
/// A device that pushes in order to a relay that comes and goes. It remembers each blob and each acknowledgement, sends again what was not
/// acknowledged, and finds fault with a relay that forgets, doubles or renumbers. Of one group's several, one calls at a time.
/// </summary>
public sealed class ScriptedPusher(RawGroup group, int window) : IDisposable
{
    private readonly SecretBytes _key = SecretBytes.CreateRandom(X25519.KeyBytes);
    private readonly List<Push> _made = [];
    private readonly List<Cursor> _acked = [];

    /// <summary>Blobs the relay has acknowledged: the first so many.</summary>
    public int Acked => _acked.Count;

    /// <summary>Acknowledged and sent or about to be sent.</summary>
    public int Made => _made.Count;

    /// <summary>Acknowledgements that said of a blob that it was there already.</summary>
    public int Duplicates { get; private set; }

    /// <summary>The last sequence that the relay it is connected to had when it welcomed the device.</summary>
    public ulong LastSequence { get; private set; }

    /// <summary>Whether a push may be answered with RELAY_UNAVAILABLE, as by a relay whose database is gone; then pushing ends as it does when the relay is.</summary>
    public bool MayBeUnavailable { get; init; }

    /// <summary>Says HELLO and returns the session. What the relay welcomes with must fit what it has acknowledged.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public async Task<RawSession> ConnectAsync(ITransport transport, IPEndPoint relay, RelayId id)
    {
        RawSession session = await RawSession.ConnectAsync(transport, relay, id, new X25519KeyPair(SecretBytes.CopyFrom(_key.Span)));
        Welcome welcome = await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create: true));
        if (welcome.LastSeq.Value < (ulong)Acked || welcome.LastSeq.Value > (ulong)Made)
            throw new InvalidOperationException($"{Acked} blobs were acknowledged and {Made} made, and the relay has {welcome.LastSeq.Value}.");

        LastSequence = welcome.LastSeq.Value;
        return session;
    }

    /// <summary>Pushes until so many are acknowledged, or the relay is gone. Returns whether they are.</summary>
    /// <param name="session">Welcomed.</param>
    /// <param name="total">Blobs, all sessions together.</param>
    /// <param name="acknowledged">Told of each acknowledgement that is new, and waited for.</param>
    public async Task<bool> PushAsync(RawSession session, int total, Func<Task>? acknowledged = null)
    {
        try
        {
            RawStream stream = await session.OpenAsync();
            bool isGone = false;
            int sent = Acked;
            while (Acked < total)
            {
                for (; !isGone && sent < total && sent < Acked + window; sent++)
                {
                    if (sent == Made)
                        _made.Add(RawBlobs.Make((ulong)sent + 1));

                    // What was answered before the relay went has arrived, and is read all the same.
                    isGone = !await TrySendAsync(stream, _made[sent]);
                }

                if (await stream.ReceiveAsync() is not { } answer || (MayBeUnavailable && IsUnavailable(answer)))
                    return false;

                Take(answer);
                if (acknowledged is not null)
                    await acknowledged();
            }

            return true;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            return false;
        }
    }

    /// <summary>Compares a group's whole log with what its devices were told: every blob once, in order, unchanged, and no cursor left out.</summary>
    /// <param name="session">Welcomed, of any device of the group.</param>
    /// <param name="devices">All of the group that pushed, by device id.</param>
    /// <exception cref="InvalidOperationException">Something is lost, doubled, moved or changed.</exception>
    public static async Task VerifyAsync(RawSession session, IReadOnlyDictionary<DeviceId, ScriptedPusher> devices)
    {
        Dictionary<DeviceId, int> seen = devices.Keys.ToDictionary(device => device, _ => 0);
        ulong last = 0;
        RawStream stream = await session.OpenAsync();
        PullResponse page;
        do
        {
            page = await stream.AskAsync<Pull, PullResponse>(new Pull(new Cursor(last), 1000, 0, Own: true));
            foreach (PullEntry entry in page.Entries)
            {
                if (entry.Cursor.Value != ++last)
                    throw new InvalidOperationException($"Cursor {last} is left out: {entry.Cursor.Value} follows {last - 1}.");

                devices[entry.SenderId].Check(entry, seen[entry.SenderId]++);
            }
        }
        while (page.HasMore);

        foreach ((DeviceId device, ScriptedPusher pusher) in devices)
        {
            if (seen[device] < pusher.Acked)
                throw new InvalidOperationException($"{pusher.Acked} blobs were acknowledged and {seen[device]} are there.");
        }

        if (page.HeadCursor.Value != last)
            throw new InvalidOperationException($"The head is {page.HeadCursor.Value} and {last} rows are there.");
    }

    public void Dispose() => _key.Dispose();

    private static async Task<bool> TrySendAsync(RawStream stream, Push push)
    {
        try
        {
            await stream.SendAsync(push);
            return true;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            return false;
        }
    }

    // The relay is gone, or the test has hung up because it is.
    private static bool IsEnd(Exception exception) => exception is TransportException or ObjectDisposedException;

    private static bool IsUnavailable(byte[] answer) => MessageCodec.TryDecode(answer, out Error? error) && error.Reason == ErrorCode.RelayUnavailable;

    private void Take(byte[] answer)
    {
        if (!MessageCodec.TryDecode(answer, out PushAck? ack))
            throw new InvalidOperationException(MessageCodec.TryDecode(answer, out Error? error) ? $"A push was refused: {error.Reason}." : "A push was answered with something else.");

        if (ack.BlobId != _made[Acked].BlobId)
            throw new InvalidOperationException($"The acknowledgement after {Acked} is of another blob.");

        Duplicates += ack.Duplicate ? 1 : 0;
        _acked.Add(ack.Cursor);
    }

    private void Check(PullEntry entry, int index)
    {
        bool isRight = index < Made
            && entry.SenderSeq.Value == (ulong)index + 1
            && entry.BlobId == _made[index].BlobId
            && entry.Envelope is { } envelope
            && envelope.Span.SequenceEqual(_made[index].Envelope.Span)
            && (index >= Acked || entry.Cursor == _acked[index]);
        if (!isRight)
            throw new InvalidOperationException($"Row {entry.Cursor.Value} is not the device's blob {index + 1} as it was pushed and acknowledged.");
    }
}
