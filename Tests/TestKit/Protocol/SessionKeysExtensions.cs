using ZeroKSync.Session;

namespace ZeroKSync.TestKit.Protocol;

public static class SessionKeysExtensions
{
    /// <summary>What opens a stream that is known to be new.</summary>
    public static FrameOpener CreateOpener(this SessionKeys keys, long streamId) =>
        keys.TryCreateOpener(streamId, out FrameOpener? opener) ? opener : throw new InvalidOperationException("The stream has its keys already, or is too old to tell.");
}
