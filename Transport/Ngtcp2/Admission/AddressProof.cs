namespace ZeroKSync.Transport.Ngtcp2.Admission;

/// <summary>What a first packet's token says of its sender's address.</summary>
internal enum AddressProof
{
    None,

    /// <summary>It answers a Retry.</summary>
    Retry,

    /// <summary>It came with an earlier connection (NEW_TOKEN).</summary>
    Earlier,

    /// <summary>It claims to answer a Retry and does not.</summary>
    Forged,
}
