using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Pairing;

/// <summary>A group secret with its epoch; the record that holds it disposes of it.</summary>
internal sealed class EpochSecret(KeyEpoch epoch, SecretBytes secret)
{
    public KeyEpoch Epoch => epoch;

    public SecretBytes Secret => secret;
}
