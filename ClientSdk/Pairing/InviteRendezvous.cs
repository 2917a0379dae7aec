using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Transport;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;
using WireInvite = ZeroKSync.Protocol.Messages.Invite;

namespace ZeroKSync.Client.Pairing;

/// <summary>Leaves a sealed group record at a relay, and fetches one from there.</summary>
internal static class InviteRendezvous
{
    /// <summary>By a member, on its session.</summary>
    public static async Task<Invite> CreateAsync(RelayLink link, GroupRecord record, IReadOnlyList<RelayAddress> relays, TimeSpan expiry, TimeProvider time, CancellationToken cancellationToken)
    {
        var lookup = LookupId.Read(RandomNumberGenerator.GetBytes(LookupId.Size));
        using SecretBytes key = SecretBytes.CreateRandom(XChaCha20Poly1305.KeyBytes);
        DateTimeOffset expiresAt = time.GetUtcNow() + expiry;
        // The relay that keeps the record comes first: it is where the joiner asks.
        IReadOnlyList<RelayAddress> ordered = [.. relays.OrderBy(relay => relay.RelayId == link.Relay ? 0 : 1)];
        using var payload = new InvitePayload(ordered, lookup, key.Copy(), expiresAt.ToUnixTimeMilliseconds());
        await link.RequestAsync<InviteCreate, Done>(
            new InviteCreate(lookup, JoinKind.Invite, InviteSealer.Seal(key, lookup, record), (uint)Math.Ceiling(expiry.TotalSeconds), 1), cancellationToken).ConfigureAwait(false);
        string text = payload.Encode();
        return new Invite(lookup.ToHex(), text, expiresAt, () => InviteQr.ToText(text), () => InviteQr.ToPng(text));
    }

    /// <exception cref="SyncException"><see cref="SyncErrorKind.InviteNotFound"/>.</exception>
    public static async Task CancelAsync(RelayLink link, string inviteId, CancellationToken cancellationToken)
    {
        if (!LookupId.TryParseHex(inviteId, out LookupId lookup))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"An invite's id has {LookupId.Size * 2} hex digits."), nameof(inviteId));

        await link.RequestAsync<InviteCancel, Done>(new InviteCancel(lookup), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Claims an invite: the relay hands the record out once.</summary>
    /// <exception cref="SyncException">Not reachable, another relay than the invite names, or no such invite.</exception>
    public static async Task<GroupRecord> ClaimAsync(ITransport transport, InvitePayload payload, DeviceKeys device, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(RelayLink.OpenDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            RelayLink link = await RelayLink.ConnectAsync(transport, payload.Relays[0], device.Agreement, time, either.Token).ConfigureAwait(false);
            await using var closing = link.ConfigureAwait(false);
            await link.OpenAsync<Join, Done>(new Join(payload.Lookup, JoinKind.Invite), either.Token).ConfigureAwait(false);
            WireInvite invite = await link.RequestAsync<InviteClaim, WireInvite>(new InviteClaim(), either.Token).ConfigureAwait(false);
            return InviteSealer.TryOpen(payload.Key, payload.Lookup, invite.Sealed.Span, out GroupRecord? record)
                ? record
                : throw new SyncException(SyncErrorKind.InviteInvalid, "What the relay handed out does not open with this invite.");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorKind.Unreachable, "The relay did not answer in time.", isTransient: true);
        }
    }
}
