using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>One line of a group's audit.</summary>
/// <param name="AtMs">Relay time.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Device">Who did it: the row's sender.</param>
/// <param name="Cursor">The row.</param>
public sealed record AuditRecord(ulong AtMs, AuditKind Kind, DeviceId Device, Cursor Cursor)
{
    /// <summary>The last so many of a group are kept.</summary>
    public const int PerGroupMax = 1000;
}
