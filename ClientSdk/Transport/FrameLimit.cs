using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Transport;

/// <summary>Largest frame body this device takes of a relay: small until the relay has welcomed it, because nothing larger is due before.</summary>
internal sealed class FrameLimit
{
    private int _bodyBytesMax = Limits.FrameBytesBeforeWelcome;

    public int BodyBytesMax => Volatile.Read(ref _bodyBytesMax);

    public void Welcomed() => Volatile.Write(ref _bodyBytesMax, Limits.FrameBytes);
}
