using System.Security.Cryptography;

namespace ZeroKSync.Transport.Ngtcp2.Resumption;

/// <summary>What a client remembers of listeners, in memory only; the one not heard of for the longest time makes room.</summary>
internal sealed class ResumptionStore(int max) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ListenerKey, LinkedListNode<(ListenerKey Key, RememberedListener What)>> _byKey = [];
    private readonly LinkedList<(ListenerKey Key, RememberedListener What)> _byAge = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _byKey.Count;
        }
    }

    /// <summary>Takes what is remembered: it is not used twice.</summary>
    public RememberedListener? Take(ListenerKey key)
    {
        lock (_gate)
        {
            if (!_byKey.Remove(key, out LinkedListNode<(ListenerKey Key, RememberedListener What)>? node))
                return null;

            _byAge.Remove(node);
            return node.Value.What;
        }
    }

    /// <summary>Keeps a session; the store owns the bytes from now on.</summary>
    public void KeepSession(ListenerKey key, byte[] session, byte[] certificateHash)
    {
        lock (_gate)
        {
            if (Touch(key) is not { } what)
                return;

            Wipe(what);
            what.Session = session;
            what.CertificateHash = certificateHash;
        }
    }

    public void KeepToken(ListenerKey key, byte[] token)
    {
        lock (_gate)
        {
            if (Touch(key) is { } what)
                what.Token = token;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((_, RememberedListener what) in _byAge)
                Wipe(what);

            _byAge.Clear();
            _byKey.Clear();
        }
    }

    /// <summary>Ends a session's secret.</summary>
    public static void Wipe(RememberedListener what)
    {
        if (what.Session is not null)
            CryptographicOperations.ZeroMemory(what.Session);

        what.Session = null;
    }

    private RememberedListener? Touch(ListenerKey key)
    {
        if (max == 0)
            return null;

        if (_byKey.TryGetValue(key, out LinkedListNode<(ListenerKey Key, RememberedListener What)>? node))
        {
            _byAge.Remove(node);
        }
        else
        {
            if (_byKey.Count == max && _byAge.First is { } oldest)
            {
                Wipe(oldest.Value.What);
                _byKey.Remove(oldest.Value.Key);
                _byAge.RemoveFirst();
            }

            node = new LinkedListNode<(ListenerKey Key, RememberedListener What)>((key, new RememberedListener()));
            _byKey.Add(key, node);
        }

        _byAge.AddLast(node);
        return node.Value.What;
    }
}
