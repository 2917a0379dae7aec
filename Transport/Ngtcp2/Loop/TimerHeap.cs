using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>One timer per connection, the earliest first. Moving a timer is as cheap as setting one, which happens after every flush.</summary>
internal sealed class TimerHeap
{
    private readonly List<Ngtcp2Connection> _heap = [];

    /// <summary>When the earliest is due, in ns; <see cref="ulong.MaxValue"/> for none.</summary>
    public ulong Earliest => _heap.Count == 0 ? ulong.MaxValue : _heap[0].DueAt;

    public bool TryTakeDue(ulong now, out Ngtcp2Connection connection)
    {
        connection = null!;
        if (_heap.Count == 0 || _heap[0].DueAt > now)
            return false;

        connection = _heap[0];
        Remove(connection);
        return true;
    }

    public void Set(Ngtcp2Connection connection, ulong dueAt)
    {
        if (connection.HeapIndex < 0)
        {
            if (dueAt == ulong.MaxValue)
                return;

            connection.HeapIndex = _heap.Count;
            _heap.Add(connection);
        }

        connection.DueAt = dueAt;
        Up(connection.HeapIndex);
        Down(connection.HeapIndex);
    }

    public void Remove(Ngtcp2Connection connection)
    {
        int index = connection.HeapIndex;
        if (index < 0)
            return;

        connection.HeapIndex = -1;
        Ngtcp2Connection last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == connection)
            return;

        Place(index, last);
        Up(index);
        Down(last.HeapIndex);
    }

    private void Up(int index)
    {
        Ngtcp2Connection moving = _heap[index];
        while (index > 0 && _heap[(index - 1) / 2].DueAt > moving.DueAt)
        {
            Place(index, _heap[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        Place(index, moving);
    }

    private void Down(int index)
    {
        Ngtcp2Connection moving = _heap[index];
        while (true)
        {
            int child = (index * 2) + 1;
            if (child >= _heap.Count)
                break;

            if (child + 1 < _heap.Count && _heap[child + 1].DueAt < _heap[child].DueAt)
                child++;

            if (_heap[child].DueAt >= moving.DueAt)
                break;

            Place(index, _heap[child]);
            index = child;
        }

        Place(index, moving);
    }

    private void Place(int index, Ngtcp2Connection connection)
    {
        _heap[index] = connection;
        connection.HeapIndex = index;
    }
}
