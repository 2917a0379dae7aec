namespace ZeroKSync.Grains.Contracts;

/// <summary>A place in a short-code exchange.</summary>
[GenerateSerializer]
[Alias("zks.InviteSide")]
public enum InviteSide : byte
{
    /// <summary>The member who showed the code.</summary>
    Creator = 0,

    /// <summary>The device that typed it.</summary>
    Joiner = 1,
}
