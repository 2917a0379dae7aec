using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Grains.Groups;

/// <summary>What changes a row that is there: the sender's deletion, and the refill of a corrupt one.</summary>
public sealed partial class GroupGrain
{
    public Task<CommandResult> DeleteAsync(DeleteCommand command, CancellationToken cancellationToken) => DecideAsync<CommandResult>(
        async now =>
        {
            if (_state is null)
                return Refusals.Command(RefusalReason.NotAdmitted);

            PageEntry? row = await log.FindAsync(_group, command.Cursor, now, CancellationToken.None);
            (LogMark? mark, Refusal? refusal) = RowRules.Delete(_state, command, row, now);
            if (refusal is not null)
                return new CommandRefused { Refusal = refusal };

            return mark is null || await TryChangeAsync(log.MarkAsync(mark, CancellationToken.None)) ? new CommandDone() : null;
        },
        refusal => new CommandRefused { Refusal = refusal });

    public Task<CommandResult> RefillAsync(RefillCommand command, CancellationToken cancellationToken) => DecideAsync<CommandResult>(
        async now =>
        {
            if (_state is null)
                return Refusals.Command(RefusalReason.NotAdmitted);

            PageEntry? row = await log.FindAsync(_group, command.Cursor, now, CancellationToken.None);
            (LogRefill? refill, Refusal? refusal) = RowRules.Refill(_state, command, row, _options, now);
            if (refusal is not null)
                return new CommandRefused { Refusal = refusal };

            return refill is null || await TryChangeAsync(log.RefillAsync(refill, CancellationToken.None)) ? new CommandDone() : null;
        },
        refusal => new CommandRefused { Refusal = refusal });

    // A row that is no longer as it was found was changed by somebody else, as one whose version moved.
    private async Task<bool> TryChangeAsync(Task<LogWriteResult> change)
    {
        if (await change is not LogWritten written)
            return false;

        _state!.Apply(written);
        return true;
    }
}
