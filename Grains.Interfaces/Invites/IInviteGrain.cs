using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Invites;

/// <summary>One rendezvous: a sealed record handed out once, or the two sides of a short code. Key: <see cref="GrainKeys.Invite"/>.</summary>
[Alias("zks.IInviteGrain")]
public interface IInviteGrain : IGrainWithStringKey
{
    /// <summary>Opens the rendezvous. An id that is in use already is refused.</summary>
    [Alias("Create")]
    Task<CommandResult> CreateAsync(InviteCreation creation, CancellationToken cancellationToken);

    /// <summary>Hands the sealed record out, once, and forgets it before it answers.</summary>
    [Alias("Claim")]
    Task<ClaimResult> ClaimAsync(ClaimCommand command, CancellationToken cancellationToken);

    /// <summary>Ends the rendezvous; only a device of the creator's group may.</summary>
    [Alias("Cancel")]
    Task<CommandResult> CancelAsync(CancelInviteCommand command, CancellationToken cancellationToken);

    /// <summary>Takes a place in a short-code exchange; the observer gets the other side's steps.</summary>
    [Alias("Attend")]
    Task<CommandResult> AttendAsync(AttendCommand command, IInviteObserver observer, CancellationToken cancellationToken);

    /// <summary>Passes one step of the key exchange, or the handed-over record, to the other side.</summary>
    [Alias("Pass")]
    Task<CommandResult> PassAsync(PassCommand command, CancellationToken cancellationToken);
}
