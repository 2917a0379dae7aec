namespace ZeroKSync.Tests.Fuzz.WebSockets;

/// <summary>What happens next to a multiplexer.</summary>
internal enum HostileStep : byte
{
    /// <summary>The peer's message arrives.</summary>
    Message,
    Accept,
    Read,
    AbortRead,
    AbortWrite,
    Write,
    Open,

    /// <summary>What is due is sent.</summary>
    Send,
    Count,
}
