using System.Security.Cryptography;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Whoever brings one of the operator's tokens may. Only their SHA-256 is known here, so a configuration file gives none away.</summary>
/// <param name="hashes">SHA-256 of each token.</param>
public sealed class TokenAdmission(IReadOnlyList<byte[]> hashes) : IGroupAdmission
{
    public ValueTask<bool> IsAdmittedAsync(GroupAdmissionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(request.Token, hash);
        // All of them, whichever fits: how long it takes says nothing.
        bool isKnown = false;
        foreach (byte[] known in hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(known, hash);

        return new(isKnown && !request.Token.IsEmpty);
    }
}
