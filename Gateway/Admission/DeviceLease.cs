using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Admission;

/// <summary>One session's share in the pace of its device, given back by disposing it.</summary>
public sealed class DeviceLease : IDisposable
{
    private readonly DeviceLimits _limits;
    private readonly DeviceId _device;
    private readonly TokenBucket _messages;
    private readonly TokenBucket _requests;
    private bool _isReturned;

    internal DeviceLease(DeviceLimits limits, DeviceId device, TokenBucket messages, TokenBucket requests)
    {
        _limits = limits;
        _device = device;
        _messages = messages;
        _requests = requests;
    }

    /// <summary>Whether a push may be read now; if not, which limit is reached and how long until then.</summary>
    public bool MayPush(out GatewayLimit reached, out TimeSpan wait)
    {
        long now = _limits.NowTicks;
        reached = GatewayLimit.MessagesPerDevice;
        if (!_messages.MayTake(now, out wait))
            return false;

        reached = GatewayLimit.MessagesPerGateway;
        return _limits.AllMessages.MayTake(now, out wait);
    }

    /// <summary>A push was read.</summary>
    public void Pushed()
    {
        long now = _limits.NowTicks;
        _messages.Take(now);
        _limits.AllMessages.Take(now);
    }

    /// <summary>Whether a request is answered now, or how long until one is.</summary>
    public bool TryRequest(out TimeSpan wait) => _requests.TryTake(_limits.NowTicks, out wait);

    public void Dispose()
    {
        if (_isReturned)
            return;

        _isReturned = true;
        _limits.Leave(_device);
    }
}
