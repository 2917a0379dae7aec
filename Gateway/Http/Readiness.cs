using ZeroKSync.Gateway.Quic;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Readiness;

namespace ZeroKSync.Gateway.Http;

/// <summary>
/// Whether newcomers can be served: they are taken, storage can be read, and grains answer. Each is given <see cref="Patience"/>; an answer is
/// good for <see cref="Freshness"/>, so that whoever asks often costs one check a second.
/// </summary>
/// <param name="listener">Takes the newcomers.</param>
/// <param name="services">The grains, and the clock.</param>
/// <param name="storage">Reads a little of storage; false or a <see cref="TimeoutException"/> is no.</param>
public sealed class Readiness(RelayListener listener, GatewayServices services, Func<CancellationToken, Task<bool>> storage)
{
    /// <summary>How long storage or a grain may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer is given again without asking.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<(bool Storage, bool Grains)>? _check;
    private long _checkedAt;

    /// <summary>What stands in the way, as words for people; empty where nothing does.</summary>
    public async Task<IReadOnlyList<string>> ObstaclesAsync()
    {
        Task<(bool Storage, bool Grains)> check;
        lock (_gate)
        {
            if (_check is null || (_check.IsCompleted && services.Time.GetElapsedTime(_checkedAt) >= Freshness))
            {
                _checkedAt = services.Time.GetTimestamp();
                _check = CheckAsync();
            }

            check = _check;
        }

        (bool isStorageThere, bool areGrainsThere) = await check;
        return
        [
            .. listener.IsAccepting ? [] : (string[])["no newcomers are taken"],
            .. isStorageThere ? [] : (string[])["storage cannot be reached"],
            .. areGrainsThere ? [] : (string[])["grains cannot be reached"],
        ];
    }

    private async Task<(bool Storage, bool Grains)> CheckAsync()
    {
        using var patience = new CancellationTokenSource(Patience, services.Time);
        Task<bool> stored = AnswersAsync(() => storage(patience.Token));
        Task<bool> grains = AnswersAsync(async () =>
        {
            await services.Grains.GetGrain<IReadinessGrain>("gateway").AnswerAsync(patience.Token).WaitAsync(patience.Token);
            return true;
        });
        return (await stored, await grains);
    }

    private async Task<bool> AnswersAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception exception) when (GrainFailures.IsOutcomeUnknown(exception))
        {
            GrainFailures.Log(services.Logger, exception);
            return false;
        }
    }
}
