namespace ZeroKSync.Client.Sync;

/// <summary>Holds the facts and announces the status when it changes, one at a time and under no lock.</summary>
internal sealed class StatusBoard(Action<SyncStatus> changed)
{
    private readonly Lock _gate = new();
    private StatusFacts _facts;
    private SyncStatus _status = SyncStatus.Offline(0);
    private bool _isAnnouncing;

    public SyncStatus Current
    {
        get
        {
            lock (_gate)
                return _status;
        }
    }

    public StatusFacts Facts
    {
        get
        {
            lock (_gate)
                return _facts;
        }
    }

    /// <summary>Wakes after every change of a fact.</summary>
    public Pulse Changed { get; } = new();

    public void Update(Func<StatusFacts, StatusFacts> change)
    {
        lock (_gate)
        {
            _facts = change(_facts);
            if (_isAnnouncing)
            {
                Changed.Fire();
                return;
            }

            _isAnnouncing = true;
        }

        Changed.Fire();
        Announce();
    }

    // Whoever comes while one announces leaves it to that one: the order of the announcements is the order of the changes.
    private void Announce()
    {
        while (true)
        {
            SyncStatus next;
            lock (_gate)
            {
                next = StatusRule.Of(_facts);
                if (next == _status)
                {
                    _isAnnouncing = false;
                    return;
                }

                _status = next;
            }

            changed(next);
        }
    }
}
