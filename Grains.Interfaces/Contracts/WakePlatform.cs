namespace ZeroKSync.Grains.Contracts;

/// <summary>Whose push service wakes the device.</summary>
[GenerateSerializer]
[Alias("zks.WakePlatform")]
public enum WakePlatform : byte
{
    /// <summary>Apple Push Notification service.</summary>
    Apns = 0,

    /// <summary>Firebase Cloud Messaging.</summary>
    Fcm = 1,

    /// <summary>RFC 8030.</summary>
    WebPush = 2,

    /// <summary>unifiedpush.org.</summary>
    UnifiedPush = 3,
}
