namespace ZeroKSync.Grains.Contracts;

/// <summary>Why a session must end.</summary>
[GenerateSerializer]
[Alias("zks.SessionEnd")]
public enum SessionEnd : byte
{
    /// <summary>The device opened a newer one.</summary>
    Superseded = 0,

    /// <summary>The device was revoked, or left without a wrap.</summary>
    Revoked = 1,
}
