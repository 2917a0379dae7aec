using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.Activations;
using ZeroKSync.EmbeddedRuntime.State;

namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>A grain class: its stable name and how one is made.</summary>
internal sealed class GrainClass
{
    private readonly Func<object?[], object> _construct;
    private readonly Func<Activation, object?>[] _parameters;

    /// <exception cref="ArgumentException">The class is not one a runtime can make a grain of.</exception>
    public GrainClass(Type type)
    {
        if (!type.IsClass || type.IsAbstract || type.ContainsGenericParameters || !type.IsAssignableTo(typeof(Grain)))
            throw new ArgumentException($"{type.Name} is not a concrete class derived from {nameof(Grain)}.", nameof(type));

        Type = type;
        Name = type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? DefaultName(type);
        Interfaces = [.. type.GetInterfaces().Where(GrainInterface.IsOne)];
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)
            ?? throw new ArgumentException($"{type.Name} has no public constructor.", nameof(type));
        _construct = Compile(constructor);
        _parameters = [.. constructor.GetParameters().Select(Source)];
    }

    public Type Type { get; }

    /// <summary>Names the class's stored state.</summary>
    public string Name { get; }

    public IReadOnlyList<Type> Interfaces { get; }

    public Grain Create(Activation activation)
    {
        object?[] arguments = new object?[_parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = _parameters[i](activation);

        return (Grain)_construct(arguments);
    }

    // As Orleans names a class without the attribute: lower case, without the suffix.
    private static string DefaultName(Type type)
    {
        string name = type.Name.ToLowerInvariant();
        return name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name;
    }

    private static Func<Activation, object?> Source(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } attribute)
        {
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
                throw new ArgumentException($"{parameter.Member.DeclaringType!.Name}: a stored state is an IPersistentState.", nameof(parameter));

            var create = typeof(PersistentStates)
                .GetMethod(nameof(PersistentStates.Create))!
                .MakeGenericMethod(type.GetGenericArguments()[0])
                .CreateDelegate<Func<Activation, PersistentStateAttribute, object>>();
            return activation => create(activation, attribute);
        }

        return parameter.HasDefaultValue
            ? activation => activation.Services.GetService(type) ?? parameter.DefaultValue
            : activation => activation.Services.GetRequiredService(type);
    }

    private static Func<object?[], object> Compile(ConstructorInfo constructor)
    {
        var arguments = Expression.Parameter(typeof(object?[]));
        var create = Expression.New(
            constructor,
            constructor.GetParameters().Select((parameter, index) =>
                Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType)));
        return Expression.Lambda<Func<object?[], object>>(create, arguments).Compile();
    }
}
