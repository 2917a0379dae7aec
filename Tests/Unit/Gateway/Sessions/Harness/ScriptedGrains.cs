using System.Reflection;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

/// <summary>A grain factory that knows one group and one device, whatever the key. Made by a proxy, because the two runtimes' factories differ.</summary>
internal class ScriptedGrains : DispatchProxy
{
    private IGroupGrain? _group;
    private IDeviceGrain? _device;

    public static IGrainFactory Create(IGroupGrain group, IDeviceGrain device)
    {
        IGrainFactory factory = Create<IGrainFactory, ScriptedGrains>();
        var proxy = (ScriptedGrains)(object)factory;
        proxy._group = group;
        proxy._device = device;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        Type wanted = targetMethod.ReturnType;
        return targetMethod.Name switch
        {
            "GetGrain" when wanted == typeof(IGroupGrain) => _group,
            "GetGrain" when wanted == typeof(IDeviceGrain) => _device,
            "CreateObjectReference" => args![0],
            "DeleteObjectReference" => null,
            _ => throw new NotSupportedException($"{targetMethod.Name} of {wanted.Name} for {GrainKeys.Group(default).Length} digits"),
        };
    }
}
