namespace Orleans.Runtime;

/// <summary>A timer of one activation. Disposing it ends it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when it is due next and how long after each callback again.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
