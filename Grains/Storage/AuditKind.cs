namespace ZeroKSync.Grains.Storage;

/// <summary>What is written down for the operator.</summary>
public enum AuditKind
{
    /// <summary>A sender took a blob back that every other device had acknowledged.</summary>
    Deleted = 1,

    /// <summary>A sender took a blob back that some device had not acknowledged.</summary>
    ForceDeleted = 2,
}
