using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Client.Transport;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Moves this device to the group's next key epochs as relays show them. The new secret is on disk before anything is sealed with it, and
/// what was quarantined is tried again with it. One rotation at a time.
/// </summary>
internal sealed class KeyUpdates(DeviceContext context, Inbox inbox) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Takes a rotation out of a notice or an answer; what it says is copied.</summary>
    /// <exception cref="SyncException">It cannot be kept: this device stays where it was.</exception>
    public async Task<AdoptionOutcome> TakeAsync(Rotation rotation, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            AdoptionOutcome outcome = AdoptionRules.Judge(context.Record.Rotations, rotation, context.Device, out RotationChain? longer, out SecretBytes? secret);
            if (outcome == AdoptionOutcome.Adopted)
                await AdoptAsync(longer!, secret!, cancellationToken).ConfigureAwait(false);

            Report(outcome);
            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks a relay for the rotations after this device's epoch and takes them in order.</summary>
    /// <returns>What the first that was not adopted is; <see cref="AdoptionOutcome.Known"/> where all were, or none was shown.</returns>
    /// <exception cref="SyncException">The relay refused, or the session ended.</exception>
    public async Task<AdoptionOutcome> CatchUpAsync(RelayLink link, CancellationToken cancellationToken)
    {
        Rotations answer = await link.RequestAsync<GetRotations, Rotations>(new GetRotations(context.Keyring.Current.Epoch), cancellationToken).ConfigureAwait(false);
        foreach (Rotation rotation in answer.Entries)
        {
            AdoptionOutcome outcome = await TakeAsync(rotation, cancellationToken).ConfigureAwait(false);
            if (outcome is not (AdoptionOutcome.Adopted or AdoptionOutcome.Known))
                return outcome;
        }

        return AdoptionOutcome.Known;
    }

    public void Dispose() => _turn.Dispose();

    private async Task AdoptAsync(RotationChain longer, SecretBytes secret, CancellationToken cancellationToken)
    {
        GroupRecord next = context.Record.Extend(longer, secret);
        try
        {
            await context.Keeper.SaveAsync(next, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SyncException or OperationCanceledException)
        {
            // The record before still owns the others.
            secret.Dispose();
            throw;
        }

        // On the store's thread, where blobs are sealed: none is sealed half under one epoch. Not cancelled, because the disk has the new one.
        await context.Store.RunAsync(_ => context.Adopt(next, new GroupKeys(longer.Epoch, secret)), CancellationToken.None).ConfigureAwait(false);
        await inbox.RetryAsync(longer.Epoch, cancellationToken).ConfigureAwait(false);
    }

    private void Report(AdoptionOutcome outcome)
    {
        SyncEventKind? kind = outcome switch
        {
            AdoptionOutcome.Adopted => SyncEventKind.KeyRotated,
            // A fork ends the session, which reports it.
            AdoptionOutcome.Known or AdoptionOutcome.Ahead or AdoptionOutcome.Fork => null,
            _ => SyncEventKind.RotationRefused,
        };
        if (kind is { } raised)
            context.Events.Raise(raised, AdoptionRules.Sentence(outcome));
    }
}
