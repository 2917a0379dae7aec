namespace ZeroKSync.Protocol.Messages;

/// <summary>Why wake-ups end.</summary>
public enum UnregisterReason : byte
{
    User = 0,
    TokenInvalid = 1,
}
