namespace ZeroKSync.Grains.Readiness;

/// <summary>Answers, and so shows that grains can be reached: placed, activated, called. It asks nothing of storage. Key: any word of the asker's own.</summary>
[Alias("zks.IReadinessGrain")]
public interface IReadinessGrain : IGrainWithStringKey
{
    /// <summary>Completes.</summary>
    [Alias("Answer")]
    Task AnswerAsync(CancellationToken cancellationToken);
}
