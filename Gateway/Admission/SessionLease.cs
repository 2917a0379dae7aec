using System.Net;

namespace ZeroKSync.Gateway.Admission;

/// <summary>One session's place among the limits, given back by disposing it.</summary>
public sealed class SessionLease : IDisposable
{
    private readonly SessionLimits _limits;
    private readonly IPAddress _address;
    private bool _isOpening = true;
    private bool _isReturned;

    internal SessionLease(SessionLimits limits, IPAddress address)
    {
        _limits = limits;
        _address = address;
    }

    /// <summary>Whether the address may make one more group now.</summary>
    public bool TryCreateGroup() => _limits.TryCreateGroup(_address);

    /// <summary>HELLO was accepted: it no longer counts as a newcomer.</summary>
    public void Opened()
    {
        if (!_isOpening)
            return;

        _isOpening = false;
        _limits.Opened(_address);
    }

    public void Dispose()
    {
        if (_isReturned)
            return;

        _isReturned = true;
        _limits.Leave(_address, _isOpening);
    }
}
