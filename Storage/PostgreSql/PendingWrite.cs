using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>A write that waits for the next transaction, with the task its caller waits on: an append, or a change of devices.</summary>
internal sealed class PendingWrite(LogAppend? append, GroupWrite? devices, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<LogWriteResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LogAppend? Append => append;

    public GroupWrite? Devices => devices;

    public GroupId Group => append?.Group ?? devices!.Group;

    public long Bytes { get; } = append?.Entries.Sum(entry => (long)entry.Envelope.Length) ?? 0;

    public Task<LogWriteResult> Task => _completion.Task;

    /// <summary>Whether the caller gave up before it began; then it is not run at all.</summary>
    public bool TryCancel() => cancellationToken.IsCancellationRequested && _completion.TrySetCanceled(cancellationToken);

    public void Complete(LogWriteResult result) => _completion.TrySetResult(result);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}
