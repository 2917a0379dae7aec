using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;
using ZeroKSync.EmbeddedRuntime.References;

namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>One method of a grain interface, made callable without reflection on the way.</summary>
internal abstract class GrainMethod
{
    protected GrainMethod(MethodInfo method)
    {
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        Interleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        TokenIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
    }

    /// <summary>Interface and method: what a message may name.</summary>
    public string Name { get; }

    public bool Interleaves { get; }

    /// <summary>Where the arguments hold the caller's token, or -1.</summary>
    public int TokenIndex { get; }

    /// <exception cref="ArgumentException">The method has a shape that no grain call can have.</exception>
    public static GrainMethod Create(MethodInfo method)
    {
        var shape = method.ReturnType;
        bool hasResult = shape.IsGenericType
            && (shape.GetGenericTypeDefinition() == typeof(Task<>) || shape.GetGenericTypeDefinition() == typeof(ValueTask<>));
        if ((!hasResult && shape != typeof(Task) && shape != typeof(ValueTask))
            || method.IsGenericMethodDefinition
            || method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike))
        {
            throw new ArgumentException(
                $"{method.DeclaringType!.Name}.{method.Name}: a grain method returns Task or ValueTask, is not generic, and takes nothing by reference.",
                nameof(method));
        }

        var result = hasResult ? shape.GetGenericArguments()[0] : typeof(Nothing);
        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(result), method)!;
    }

    /// <summary>Sends a call.</summary>
    /// <returns>What the interface's method returns.</returns>
    public abstract object Send(GrainReference reference, object?[] arguments);

    /// <summary>(grain, arguments) => From(((IFoo)grain).Method((T0)arguments[0], ...))</summary>
    protected static Func<object, object?[], ValueTask<TResult>> Compile<TResult>(MethodInfo method)
    {
        var grain = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var call = Expression.Call(
            Expression.Convert(grain, method.DeclaringType!),
            method,
            method.GetParameters().Select((parameter, index) =>
                Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType)));
        Expression body = method.ReturnType == typeof(ValueTask<TResult>)
            ? call
            : method.ReturnType == typeof(Task<TResult>)
                ? Expression.New(typeof(ValueTask<TResult>).GetConstructor([typeof(Task<TResult>)])!, call)
                : Expression.Call(typeof(Nothing), nameof(Nothing.From), null, call);
        return Expression.Lambda<Func<object, object?[], ValueTask<TResult>>>(body, grain, arguments).Compile();
    }
}
