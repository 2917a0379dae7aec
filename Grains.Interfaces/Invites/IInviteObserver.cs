using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Invites;

/// <summary>The gateway's end of one side of a short-code exchange.</summary>
[Alias("zks.IInviteObserver")]
public interface IInviteObserver : IGrainObserver
{
    /// <summary>The other side's next step.</summary>
    [Alias("OnStep")]
    void OnStep(PakeStep step);

    /// <summary>The exchange ended: attempts used up, cancelled or expired.</summary>
    [Alias("OnEnd")]
    void OnEnd();
}
