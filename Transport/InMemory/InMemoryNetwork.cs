using System.Net;

namespace ZeroKSync.Transport.InMemory;

/// <summary>The addresses of one simulated machine room. Ports are handed out in order, so a run repeats exactly.</summary>
public sealed class InMemoryNetwork
{
    private const int FirstEphemeralPort = 49_152;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, InMemoryListener> _listeners = [];
    private int _nextPort = FirstEphemeralPort;

    internal InMemoryListener Bind(TransportListenerOptions options, TimeProvider timeProvider)
    {
        lock (_gate)
        {
            var address = options.BindEndPoint.Port == 0 ? new IPEndPoint(options.BindEndPoint.Address, TakePort()) : options.BindEndPoint;
            var listener = new InMemoryListener(this, address, options, timeProvider);
            if (_listeners.TryAdd(address, listener))
                return listener;
        }

        throw new TransportException(TransportErrorKind.AddressInUse, $"Port {options.BindEndPoint.Port} is already in use. Stop the other listener or choose another port.");
    }

    internal InMemoryListener? Find(IPEndPoint address)
    {
        lock (_gate)
            return _listeners.GetValueOrDefault(address);
    }

    internal IPEndPoint NextClientAddress()
    {
        lock (_gate)
            return new IPEndPoint(IPAddress.Loopback, TakePort());
    }

    internal void Release(IPEndPoint address)
    {
        lock (_gate)
            _listeners.Remove(address);
    }

    private int TakePort()
    {
        if (_nextPort > IPEndPoint.MaxPort)
            throw new TransportException(TransportErrorKind.AddressUnavailable, "The simulated network has no free port left.");

        return _nextPort++;
    }
}
