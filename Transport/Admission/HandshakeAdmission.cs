using System.Net;

namespace ZeroKSync.Transport.Admission;

/// <summary>
/// Who may begin a handshake: caps on unfinished ones, in total and per address, and a rate per address. Shared by a listener's loops.
/// An address that is not proved can be anybody's, so being over an address's limits only asks for the proof: nobody can use up another's.
/// </summary>
public sealed class HandshakeAdmission(TransportListenerOptions options)
{
    /// <summary>Addresses whose rate is remembered at once; beyond that the ones with the most left are forgotten.</summary>
    public const int AddressesMax = 65_536;

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<AddressKey, Account> _accounts = [];
    private int _halfOpen;

    /// <summary>Unfinished handshakes.</summary>
    public int HalfOpen
    {
        get
        {
            lock (_gate)
                return _halfOpen;
        }
    }

    /// <summary>Addresses something is kept of.</summary>
    public int Addresses
    {
        get
        {
            lock (_gate)
                return _accounts.Count;
        }
    }

    /// <param name="now">Monotonic, in ns.</param>
    /// <param name="refusal">Why, for <see cref="AdmissionAnswer.Refuse"/>.</param>
    public AdmissionAnswer Decide(IPAddress address, bool isProved, ulong now, out ConnectionRefusal refusal)
    {
        refusal = default;
        lock (_gate)
        {
            AddressKey key = AddressKey.Of(address);
            Account account = AccountOf(key, now);
            ConnectionRefusal? over = _halfOpen >= options.MaxHalfOpen ? ConnectionRefusal.TooManyHalfOpen
                : account.HalfOpen >= options.MaxHalfOpenPerAddress ? ConnectionRefusal.TooManyHalfOpenFromAddress
                : account.Credit < 1 ? ConnectionRefusal.TooManyHandshakesFromAddress
                : null;
            if (over is null && (isProved || _halfOpen < options.RetryAtHalfOpen))
            {
                Begin(key, account);
                return AdmissionAnswer.Begin;
            }

            if (!isProved)
                return AdmissionAnswer.AskForProof;

            refusal = over.GetValueOrDefault();
            return AdmissionAnswer.Refuse;
        }
    }

    /// <summary>A handshake that began here is finished or over.</summary>
    public void Ended(IPAddress address)
    {
        lock (_gate)
        {
            AddressKey key = AddressKey.Of(address);
            Account account = _accounts[key];
            _halfOpen--;
            _accounts[key] = account with { HalfOpen = account.HalfOpen - 1 };
        }
    }

    private Account AccountOf(AddressKey key, ulong now)
    {
        double burst = 2.0 * options.HandshakesPerAddressPerSecond;
        if (!_accounts.TryGetValue(key, out Account account))
            return new Account(0, burst, now);

        double earned = (double)(now - Math.Min(now, account.At)) / NanosecondsPerSecond * options.HandshakesPerAddressPerSecond;
        return account with { Credit = Math.Min(burst, account.Credit + earned), At = now };
    }

    private void Begin(AddressKey key, Account account)
    {
        if (_accounts.Count >= AddressesMax && !_accounts.ContainsKey(key))
            ForgetIdle();

        _halfOpen++;
        _accounts[key] = account with { HalfOpen = account.HalfOpen + 1, Credit = account.Credit - 1 };
    }

    // Those with no handshake open: at worst somebody gets a fresh burst.
    private void ForgetIdle()
    {
        foreach ((AddressKey key, Account account) in _accounts)
        {
            if (account.HalfOpen == 0)
                _accounts.Remove(key);
        }
    }

    private readonly record struct Account(int HalfOpen, double Credit, ulong At);
}
