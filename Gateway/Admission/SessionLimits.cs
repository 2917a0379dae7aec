using System.Net;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Counts sessions, all of them and by address, and the groups an address makes. What is at rest is forgotten.</summary>
public sealed class SessionLimits(GatewayOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Address> _addresses = [];
    private int _sessions;

    /// <summary>Sessions now.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Takes a place for a newcomer, who has yet to say HELLO; null where there is none.</summary>
    public SessionLease? TryEnter(IPAddress address)
    {
        lock (_gate)
        {
            Address? known = _addresses.GetValueOrDefault(address);
            if (_sessions >= options.SessionsMax
                || known?.Sessions >= options.SessionsPerAddressMax
                || known?.Opening >= options.HandshakesPerAddressMax)
            {
                return null;
            }

            known ??= _addresses[address] = new Address();
            _sessions++;
            known.Sessions++;
            known.Opening++;
            return new SessionLease(this, address);
        }
    }

    /// <summary>Whether this address may make one more group now.</summary>
    public bool TryCreateGroup(IPAddress address)
    {
        lock (_gate)
        {
            if (!_addresses.TryGetValue(address, out Address? known))
                return false;

            long now = NowTicks();
            known.Creations ??= new TokenBucket(options.CreationsPerAddressPerHour / 3600.0, options.CreationsPerAddressPerHour, now);
            return known.Creations.TryTake(now, out _);
        }
    }

    internal void Opened(IPAddress address)
    {
        lock (_gate)
            _addresses[address].Opening--;
    }

    internal void Leave(IPAddress address, bool wasOpening)
    {
        lock (_gate)
        {
            Address known = _addresses[address];
            _sessions--;
            known.Sessions--;
            known.Opening -= wasOpening ? 1 : 0;
            // An address whose bucket is not full yet is remembered, or leaving would refill it.
            if (known.Sessions == 0 && known.Creations?.IsFull(NowTicks()) != false)
                _addresses.Remove(address);
        }
    }

    private long NowTicks() => time.GetElapsedTime(0).Ticks;

    private sealed class Address
    {
        public int Sessions { get; set; }

        public int Opening { get; set; }

        public TokenBucket? Creations { get; set; }
    }
}
