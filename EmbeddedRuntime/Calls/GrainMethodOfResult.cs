using System.Reflection;
using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.References;

namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>A grain method with its result's type. Made by reflection, once per method.</summary>
internal sealed class GrainMethod<TResult>(MethodInfo method) : GrainMethod(method)
{
    private readonly bool _returnsValueTask = method.ReturnType.IsValueType;

    public Func<object, object?[], ValueTask<TResult>> Invoke { get; } = Compile<TResult>(method);

    public override object Send(GrainReference reference, object?[] arguments)
    {
        var call = new GrainCall<TResult>(this, arguments, reference.Runtime.Now);
        try
        {
            if (!call.IsSettled)
                reference.Send(call);
        }
        catch (OrleansException exception)
        {
            // A refusal comes by the task, as everything a grain call has to say.
            call.Fail(exception);
        }

        if (!_returnsValueTask)
            return call.Task;

        return typeof(TResult) == typeof(Nothing) ? new ValueTask(call.Task) : new ValueTask<TResult>(call.Task);
    }
}
