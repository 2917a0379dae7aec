using System.Collections.Frozen;
using System.Reflection;
using Orleans;

namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>A grain interface, the classes behind it, and its methods.</summary>
internal sealed class GrainInterface
{
    private readonly GrainClass[] _classes;
    private readonly FrozenDictionary<MethodInfo, GrainMethod> _methods;

    public GrainInterface(Type type, IEnumerable<GrainClass> classes)
    {
        Type = type;
        _classes = [.. classes];
        _methods = type.GetInterfaces().Append(type)
            .SelectMany(part => part.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .ToFrozenDictionary(method => method, GrainMethod.Create);
    }

    public Type Type { get; }

    public static bool IsOne(Type type) =>
        type.IsInterface && type != typeof(IGrainWithStringKey) && type.IsAssignableTo(typeof(IGrainWithStringKey));

    public GrainMethod Method(MethodInfo method) => _methods[method];

    /// <summary>The class that serves a reference.</summary>
    /// <exception cref="ArgumentException">None or several match.</exception>
    public GrainClass Class(string? namePrefix)
    {
        if (namePrefix is null && _classes.Length == 1)
            return _classes[0];

        var matching = _classes.Where(one => namePrefix is null || one.Type.FullName!.StartsWith(namePrefix, StringComparison.Ordinal)).Take(2).ToArray();
        return matching.Length == 1
            ? matching[0]
            : throw new ArgumentException($"{(matching.Length == 0 ? "No class serves" : "Several classes serve")} {Type.Name}.", nameof(namePrefix));
    }
}
