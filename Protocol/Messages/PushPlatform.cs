namespace ZeroKSync.Protocol.Messages;

/// <summary>Whose wake-up service.</summary>
public enum PushPlatform : byte
{
    Apns = 0,
    Fcm = 1,
    WebPush = 2,
    UnifiedPush = 3,
}
