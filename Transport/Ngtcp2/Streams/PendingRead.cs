using System.Threading.Tasks.Sources;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// The one read of a stream that waits, without an allocation for each. What arrives goes straight into its buffer, packet after packet until
/// the loop has no more of them or it is full. Everything but the await itself happens under the stream's lock, so it is either answered or
/// given up, and loses nothing.
/// </summary>
internal sealed class PendingRead(Lock gate) : IValueTaskSource<int>
{
    // The loop answers; it must not run what waited.
    private ManualResetValueTaskSourceCore<int> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private Memory<byte> _buffer;
    private int _count;
    private bool _isEnd;

    public bool IsWaiting { get; private set; }

    /// <summary>Has bytes, or the end, and is not completed: the caller still lends its buffer. The loop's own.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Nothing more fits, or follows. The loop's own.</summary>
    public bool IsWhole => _isEnd || _count == _buffer.Length;

    /// <summary>Completes with the number of bytes in the buffer, 0 at the end of the stream. Under the lock.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public ValueTask<int> WaitAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (IsWaiting || IsAnswered)
            throw new InvalidOperationException("A stream takes one pending read and one pending write at a time.");

        _core.Reset();
        _buffer = buffer;
        _token = cancellationToken;
        IsWaiting = true;
        // A token that is cancelled by now calls back at once; the lock lets its own thread in again.
        _cancellation = cancellationToken.UnsafeRegister(static read => ((PendingRead)read!).Cancel(), this);
        return new ValueTask<int>(this, _core.Version);
    }

    /// <summary>
    /// Puts bytes into the buffer, after those of an answer before, and ends the wait; obliges the caller to <see cref="Complete"/>, which needs
    /// no lock and, because it may call the kernel, had better not hold it. Under the lock.
    /// </summary>
    /// <param name="data">What arrived.</param>
    /// <param name="isEnd">Nothing follows it on the stream.</param>
    /// <returns>How many bytes fitted.</returns>
    public int Answer(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (!IsAnswered)
            (IsWaiting, IsAnswered, _count) = (false, true, 0);

        int count = Math.Min(data.Length, _buffer.Length - _count);
        data[..count].CopyTo(_buffer.Span[_count..]);
        _count += count;
        _isEnd = isEnd;
        return count;
    }

    public void Complete()
    {
        // The reader may ask for more before the last line is over.
        int count = _count;
        (_buffer, IsAnswered) = (default, false);
        _core.SetResult(count);
    }

    /// <summary>Ends the wait, if there is one, with what went wrong. Under the lock.</summary>
    public void Fail(Exception error)
    {
        if (!IsWaiting)
            return;

        IsWaiting = false;
        _buffer = default;
        _core.SetException(error);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    public int GetResult(short token)
    {
        // Waits for a callback under way, which could otherwise cancel the next wait. The lock is not held here.
        _cancellation.Dispose();
        return _core.GetResult(token);
    }

    private void Cancel()
    {
        lock (gate)
            Fail(new OperationCanceledException(_token));
    }
}
