using ZeroKSync.Client;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>A device with an account of what it pushed and of what was delivered to it.</summary>
internal sealed class Member : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly List<(byte[] Data, PushReceipt Receipt)> _pushed = [];
    private readonly Dictionary<Sequence, byte[]> _received = [];
    private readonly Pulse _changed;
    private Task _reading = Task.CompletedTask;

    public Member(SyncClient client, Pulse changed)
    {
        Client = client;
        _changed = changed;
        client.StatusChanged += (_, _) => changed.Fire();
    }

    public SyncClient Client { get; }

    /// <summary>Takes in what the other one pushes, until the end.</summary>
    public void Read(Member other) => _reading = ReadAsync(other);

    public async Task PushAsync(Random random, int count)
    {
        for (; count > 0; count--)
        {
            byte[] data = ByteMutator.Noise(random, random.Next(8) == 0 ? 5_000 : 100);
            PushReceipt receipt = await Client.PushAsync(data, Bounded.Token());
            lock (_gate)
                _pushed.Add((data, receipt));
        }
    }

    /// <summary>Ends the session and the tries; it is offline when this completes.</summary>
    public async Task DisconnectAsync()
    {
        await Client.DisconnectAsync();
        await UntilAsync(() => Client.Status.State == SyncState.Offline, "going offline");
    }

    /// <summary>Until nothing waits here and everything of the other one is here: less what a relay refused for good, which was said.</summary>
    public Task LevelAsync(Member other) => UntilAsync(() => Client.Status.Pending == 0 && other.Pushed().All(Has), "becoming level");

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _reading.Within();
        await Client.DisposeAsync();
        _over.Dispose();
    }

    private List<(byte[] Data, PushReceipt Receipt)> Pushed()
    {
        lock (_gate)
            return [.. _pushed];
    }

    private bool Has((byte[] Data, PushReceipt Receipt) pushed)
    {
        lock (_gate)
            return _received.ContainsKey(pushed.Receipt.Sequence) || pushed.Receipt.Delivered.IsFaulted;
    }

    private async Task UntilAsync(Func<bool> holds, string what)
    {
        while (true)
        {
            Task changed = _changed.Next;
            if (_reading.IsFaulted)
                await _reading;
            if (holds())
                return;

            try
            {
                await changed.Within();
            }
            catch (TimeoutException)
            {
                throw new BrokenPromiseException($"{what} takes for ever: {Client.Status}");
            }
        }
    }

    private async Task ReadAsync(Member other)
    {
        try
        {
            await foreach (SyncedBlob blob in Client.ReadAsync(_over.Token))
                Take(other, blob);
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The end.
        }
        finally
        {
            _changed.Fire();
        }
    }

    private void Take(Member other, SyncedBlob blob)
    {
        // It may be here before its own push has returned.
        byte[]? data = other.Pushed().Find(pushed => pushed.Receipt.Sequence == blob.Id.Sequence).Data;
        if (blob.Id.Sender != other.Client.DeviceId || (data is not null && !blob.Data.Span.SequenceEqual(data)))
            throw new BrokenPromiseException("a blob was delivered that its sender did not push");

        lock (_gate)
        {
            if (!_received.TryAdd(blob.Id.Sequence, blob.Data.ToArray()))
                throw new BrokenPromiseException("a blob was delivered twice");
        }

        _changed.Fire();
    }
}
