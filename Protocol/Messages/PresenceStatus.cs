namespace ZeroKSync.Protocol.Messages;

/// <summary>Whether someone is using the app.</summary>
public enum PresenceStatus : byte
{
    Away = 0,
    Active = 1,
}
