using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Tests.Cluster.OnOrleans;

/// <summary>Every contract type through the serializer that silos use between processes.</summary>
public sealed class ContractRoundTripTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(builder => builder.AddAssembly(typeof(IGroupGrain).Assembly))
        .BuildServiceProvider();

    public static TheoryData<Type> Contracts =>
        [.. typeof(IGroupGrain).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), false) && !type.IsAbstract && !type.Name.EndsWith("Surrogate", StringComparison.Ordinal))
            .OrderBy(type => type.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Contracts), DisableDiscoveryEnumeration = true)]
    public void RoundTrip_EveryMemberSet_ComesBackWhole(Type contract)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        object sent = new Sample().Of(contract);
        object? received = serializer.Deserialize<object>(serializer.SerializeToArray(sent));
        Assert.IsType(contract, received);
        Assert.Equal(Sample.Text(sent), Sample.Text(received));
    }

    public void Dispose() => _services.Dispose();
}
