namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>What happens to the next write.</summary>
internal enum LogFault
{
    None,

    /// <summary>The process dies between decide and record: nothing is written, and the caller hears of no outcome.</summary>
    BeforeRecord,

    /// <summary>It dies between record and apply: the write is on disk, and the caller hears of no outcome.</summary>
    AfterRecord,

    /// <summary>There is no room: nothing is written, and that is known.</summary>
    Full,

    /// <summary>Too much waits: nothing is written, and that is known.</summary>
    Overloaded,
}
