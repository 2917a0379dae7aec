using System.Collections.Immutable;

namespace Orleans.Runtime;

/// <summary>Values that travel with a grain call from caller to grain. What the grain sets does not come back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<ImmutableDictionary<string, object>?> Current = new();

    /// <summary>What a call carries.</summary>
    internal static ImmutableDictionary<string, object>? Values
    {
        get => Current.Value;
        set
        {
            // An assignment makes a new execution context even when nothing changes.
            if (!ReferenceEquals(Current.Value, value))
                Current.Value = value;
        }
    }

    public static object? Get(string key) => Values?.GetValueOrDefault(key);

    public static void Set(string key, object value) =>
        Values = (Values ?? ImmutableDictionary<string, object>.Empty).SetItem(key, value);

    public static void Clear() => Values = null;
}
