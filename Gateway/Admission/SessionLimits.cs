using System.Net;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Counts sessions, all of them and by address, and the groups an address makes. What is at rest is forgotten.</summary>
public sealed class SessionLimits
{
    private readonly Lock _gate = new();
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly LimiterKeys<AddressKey, Address> _addresses;
    private int _sessions;

    public SessionLimits(GatewayOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        _start = time.GetTimestamp();
        // An address whose bucket is not full yet is remembered, or leaving would refill it.
        _addresses = new(() => new Address(), address => address.Sessions > 0, address => address.Creations?.IsFull(NowTicks()) != false);
    }

    /// <summary>Sessions now.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Addresses remembered now.</summary>
    public int Addresses
    {
        get
        {
            lock (_gate)
                return _addresses.Count;
        }
    }

    /// <summary>Takes a place for a newcomer, who has yet to say HELLO; null where there is none.</summary>
    public SessionLease? TryEnter(IPAddress address) => TryEnter(address, out _);

    /// <summary>The same, and which limit is reached.</summary>
    public SessionLease? TryEnter(IPAddress address, out GatewayLimit reached)
    {
        lock (_gate)
        {
            var key = AddressKey.Of(address);
            _addresses.TryFind(key, out Address? known);
            GatewayLimit? limit =
                _sessions >= _options.SessionsMax ? GatewayLimit.Sessions
                : known?.Sessions >= _options.SessionsPerAddressMax ? GatewayLimit.SessionsPerAddress
                : known?.Opening >= _options.HandshakesPerAddressMax ? GatewayLimit.HandshakesPerAddress
                : null;
            reached = limit ?? default;
            if (limit is not null)
                return null;

            known ??= _addresses.GetOrAdd(key);
            _sessions++;
            known.Sessions++;
            known.Opening++;
            return new SessionLease(this, key);
        }
    }

    /// <summary>Whether this address may make one more group now, or how long until it may.</summary>
    internal bool TryCreateGroup(AddressKey address, out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = TimeSpan.Zero;
            if (!_addresses.TryFind(address, out Address? known))
                return false;

            long now = NowTicks();
            known.Creations ??= new TokenBucket(_options.CreationsPerAddressPerHour / 3600.0, _options.CreationsPerAddressPerHour, now);
            return known.Creations.TryTake(now, out wait);
        }
    }

    internal void Opened(AddressKey address)
    {
        lock (_gate)
            _addresses.GetOrAdd(address).Opening--;
    }

    internal void Leave(AddressKey address, bool wasOpening)
    {
        lock (_gate)
        {
            Address known = _addresses.GetOrAdd(address);
            _sessions--;
            known.Sessions--;
            known.Opening -= wasOpening ? 1 : 0;
            _addresses.Release(address);
        }
    }

    private long NowTicks() => _time.GetElapsedTime(_start).Ticks;

    private sealed class Address
    {
        public int Sessions { get; set; }

        public int Opening { get; set; }

        public TokenBucket? Creations { get; set; }
    }
}
