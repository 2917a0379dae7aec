using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// Checks all of a HELLO that needs no state: version, that the group id is its origin key's, the chain's signatures, and the proof of
/// possession bound to this session. A stranger fails here, so whether the group exists is never asked for him.
/// </summary>
public static class HelloVerifier
{
    /// <summary>The command for the group, or why it is refused.</summary>
    /// <param name="checks">The session's: what was verified of its chains before.</param>
    public static (HelloCommand? Command, Error? Refused) Verify(Hello hello, DeviceId device, ReadOnlySpan<byte> handshakeHash, ChainChecks checks)
    {
        if (hello.Version != Limits.Version)
            return (null, Refusals.Of(ErrorCode.UnsupportedVersion, Limits.Version));

        bool isProved = GroupIdentity.FromOriginKey(hello.OriginKey) == hello.GroupId
            && checks.TryVerify(hello, out RotationChain? chain)
            && chain.TryGetKey(hello.KeyEpoch, out AdmissionKey key)
            && HelloProof.Verify(key, hello.Proof.Span, handshakeHash, hello.GroupId, device, hello.KeyEpoch);
        if (!isProved)
            return (null, Refusals.Of(ErrorCode.Unauthorized));

        return (new HelloCommand
        {
            Device = device,
            OriginKey = hello.OriginKey,
            KeyEpoch = hello.KeyEpoch,
            Chain = [.. hello.Chain.Select(Copy)],
            RelayEpoch = hello.RelayEpoch,
            DeviceCard = hello.DeviceCard.ToArray(),
            Create = hello.Flags.HasFlag(HelloFlags.Create),
        }, null);
    }

    // The frame's memory is used again; what goes to a grain must not be.
    private static ChainStatement Copy(SignedStatement link) => new() { Statement = link.Statement.ToArray(), Signature = link.Signature.ToArray() };
}
