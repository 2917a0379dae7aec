namespace Orleans.Concurrency;

/// <summary>The method does not change state. Orleans may interleave such calls; the embedded runtime runs them one by one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
