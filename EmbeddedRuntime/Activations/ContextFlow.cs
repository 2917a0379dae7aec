namespace ZeroKSync.EmbeddedRuntime.Activations;

/// <summary>Keeps the caller's execution context out of what is started inside a using block.</summary>
internal readonly struct ContextFlow : IDisposable
{
    private readonly bool _suppressed;

    private ContextFlow(bool suppressed) => _suppressed = suppressed;

    public static ContextFlow Suppress()
    {
        if (ExecutionContext.IsFlowSuppressed())
            return default;

        ExecutionContext.SuppressFlow();
        return new ContextFlow(suppressed: true);
    }

    public void Dispose()
    {
        if (_suppressed)
            ExecutionContext.RestoreFlow();
    }
}
