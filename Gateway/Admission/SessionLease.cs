namespace ZeroKSync.Gateway.Admission;

/// <summary>One session's place among the limits, given back by disposing it.</summary>
public sealed class SessionLease : IDisposable
{
    private readonly SessionLimits _limits;
    private readonly AddressKey _address;
    private bool _isOpening = true;
    private bool _isReturned;

    internal SessionLease(SessionLimits limits, AddressKey address)
    {
        _limits = limits;
        _address = address;
    }

    /// <summary>Whether the address may make one more group now, or how long until it may.</summary>
    public bool TryCreateGroup(out TimeSpan wait) => _limits.TryCreateGroup(_address, out wait);

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
