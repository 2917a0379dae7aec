namespace ZeroKSync.Tests.Storage;

/// <summary>Which page of a log is overwritten.</summary>
public enum DamagedPlace
{
    /// <summary>Of the rows themselves.</summary>
    Rows,

    /// <summary>Of the index that finds a row by its cursor.</summary>
    CursorIndex,

    /// <summary>Of the index that finds what is due.</summary>
    ExpiryIndex,
}
