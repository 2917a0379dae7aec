using System.Collections.Frozen;

namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>Which class serves which interface: fixed when the runtime starts.</summary>
internal sealed class GrainCatalog
{
    private readonly FrozenDictionary<Type, GrainInterface> _interfaces;

    /// <exception cref="ArgumentException">Two classes have one name, or a class or method has a shape the runtime does not run.</exception>
    public GrainCatalog(IEnumerable<Type> grainClasses)
    {
        var classes = grainClasses.Distinct().Select(type => new GrainClass(type)).ToArray();
        if (classes.GroupBy(one => one.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Several grain classes are called '{twice.Key}'.", nameof(grainClasses));

        _interfaces = classes
            .SelectMany(one => one.Interfaces.Select(type => (type, one)))
            .GroupBy(pair => pair.type, pair => pair.one)
            .ToFrozenDictionary(group => group.Key, group => new GrainInterface(group.Key, group));
    }

    /// <exception cref="ArgumentException">No registered class has the interface.</exception>
    public GrainInterface Interface(Type type) => _interfaces.TryGetValue(type, out var found)
        ? found
        : throw new ArgumentException($"No class serves {type.Name}.", nameof(type));
}
