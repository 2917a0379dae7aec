namespace ZeroKSync.Transport.InMemory;

/// <summary>One end's view of a stream: the pipe it reads, the pipe it writes, and the slot both share.</summary>
internal sealed class InMemoryStream(InMemoryConnection connection, InMemorySlot slot, InMemoryPipe? incoming, InMemoryPipe? outgoing) : TransportStream
{
    public override long Id => slot.Id;

    public override StreamDirection Direction => slot.Direction;

    public override bool CanRead => incoming is not null;

    public override bool CanWrite => outgoing is not null;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (incoming is null)
            throw new InvalidOperationException("This end only writes on a unidirectional stream it opened.");
        if (buffer.IsEmpty)
            throw new ArgumentException("A read needs room for at least one byte: 0 means the end of the stream.", nameof(buffer));

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (connection.Gate)
            {
                if (incoming.TryRead(buffer, out wait) is { } read)
                    return read;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool endStream = false, CancellationToken cancellationToken = default)
    {
        if (outgoing is null)
            throw new InvalidOperationException("This end only reads on a unidirectional stream the peer opened.");

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task wait;
            lock (connection.Gate)
            {
                var silent = data.IsEmpty && !endStream;
                data = data[outgoing.TryWrite(data, endStream, out wait)..];
                if (!silent)
                    slot.Announce();
                connection.Link.Settle(slot);
                connection.NoteSent();
                if (wait.IsCompletedSuccessfully)
                    return;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override void AbortRead(long code) => Abort(incoming, pipe => pipe.Stop(code));

    public override void AbortWrite(long code) => Abort(outgoing, pipe => pipe.Reset(code));

    public override ValueTask DisposeAsync()
    {
        AbortRead(DisposedCode);
        AbortWrite(DisposedCode);
        return ValueTask.CompletedTask;
    }

    private void Abort(InMemoryPipe? pipe, Action<InMemoryPipe> abort)
    {
        if (pipe is null)
            return;

        lock (connection.Gate)
        {
            abort(pipe);
            if (connection.CloseReason is not null)
                return;

            slot.Announce();
            connection.Link.Settle(slot);
            connection.NoteSent();
        }
    }
}
