using System.Reflection;

namespace ZeroKSync.Silo.Configuration;

/// <summary>One section of the configuration. Its keys are the properties of its type that can be set.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Type">What it is bound to.</param>
/// <param name="Create">A new one with the defaults of a preset.</param>
/// <param name="Validate">Throws <see cref="ArgumentOutOfRangeException"/> where a value is out of its bounds.</param>
internal sealed record OptionSection(string Name, Type Type, Func<string, object> Create, Action<object> Validate)
{
    /// <summary>In the order they are declared.</summary>
    public IReadOnlyList<PropertyInfo> Keys { get; } = [.. Type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true })];

    public static OptionSection Of<T>(string name, Func<string, T> create, Action<T> validate)
        where T : class => new(name, typeof(T), create, options => validate((T)options));

    /// <summary>A key with its section.</summary>
    public string Path(PropertyInfo key) => $"{Name}:{key.Name}";
}
