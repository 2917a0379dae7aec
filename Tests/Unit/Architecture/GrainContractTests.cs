using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Concurrency;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>
/// What may cross a grain call. Orleans copies arguments and the embedded runtime shares them; deep immutability removes the difference.
/// </summary>
public sealed class GrainContractTests
{
    private static readonly HashSet<Type> Primitives =
    [
        typeof(bool), typeof(byte), typeof(ushort), typeof(uint), typeof(ulong), typeof(int), typeof(long),
        typeof(string), typeof(ReadOnlyMemory<byte>), typeof(CancellationToken),
    ];

    // Reads of storage alone. A method joins this list only when it touches no grain state between awaits.
    private static readonly string[] StorageReads = ["IGroupGrain.ReadAsync"];

    private static readonly Type[] Interfaces = [.. typeof(IGroupGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))];

    public static TheoryData<Type> Contracts => [.. Reachable().OrderBy(type => type.Name, StringComparer.Ordinal)];

    public static TheoryData<Type> GrainInterfaces => [.. Interfaces];

    [Fact]
    public void Contracts_OfTheGroupGrain_AreReached() => Assert.True(Contracts.Count > 40, $"{Contracts.Count} only");

    [Theory]
    [MemberData(nameof(Contracts), DisableDiscoveryEnumeration = true)]
    public void Contract_Type_IsMarkedNumberedAndImmutable(Type type)
    {
        Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute), false), "GenerateSerializer");
        Assert.True(type.IsDefined(typeof(AliasAttribute), false), "Alias");
        if (type.IsEnum)
            return;

        Assert.True(type.IsDefined(typeof(ImmutableAttribute), false), "Immutable");
        Assert.True(type.IsValueType || type.IsSealed || type.IsAbstract, "sealed, or the closed base of sealed ones");
        var own = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);
        var numbers = own.Where(property => property.CanWrite).Select(property => property.GetCustomAttribute<IdAttribute>()?.Id).ToArray();
        Assert.DoesNotContain(null, numbers);
        Assert.Equal(numbers.Distinct().Count(), numbers.Length);
        Assert.All(own.Where(property => property.CanWrite), property => Assert.Contains(
            typeof(IsExternalInit), property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()));
        Assert.Empty(type.GetFields(BindingFlags.Instance | BindingFlags.Public));
    }

    [Fact]
    public void Contract_Aliases_AreUnique()
    {
        var aliases = Reachable().Concat(Interfaces).Select(type => type.GetCustomAttributes<AliasAttribute>(inherit: false).Single().Alias).ToArray();
        Assert.Equal(aliases.Distinct(StringComparer.Ordinal), aliases);
        Assert.All(aliases, alias => Assert.StartsWith("zks.", alias, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(GrainInterfaces), DisableDiscoveryEnumeration = true)]
    public void Interface_Methods_AreCallable(Type type)
    {
        bool observer = type.IsAssignableTo(typeof(IGrainObserver));
        Assert.NotNull(type.GetCustomAttribute<AliasAttribute>());
        Assert.All(type.GetMethods(), method =>
        {
            Assert.False(method.IsGenericMethod, method.Name);
            Assert.NotNull(method.GetCustomAttribute<AliasAttribute>());
            Assert.Equal(observer, method.ReturnType == typeof(void));
            Assert.DoesNotContain(method.GetParameters(), parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike);
            Assert.Equal(observer ? 0 : 1, method.GetParameters().Count(parameter => parameter.ParameterType == typeof(CancellationToken)));
        });
        var aliases = type.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()!.Alias).ToArray();
        Assert.Equal(aliases.Distinct(StringComparer.Ordinal), aliases);
    }

    [Fact]
    public void Interleaving_IsForStorageReadsAlone() =>
        Assert.Equal(
            StorageReads,
            Interfaces.SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(AlwaysInterleaveAttribute)))
                .Select(method => $"{method.DeclaringType!.Name}.{method.Name}").Order(StringComparer.Ordinal));

    private static HashSet<Type> Reachable()
    {
        var reached = new HashSet<Type>();
        foreach (var method in Interfaces.SelectMany(type => type.GetMethods()))
        {
            foreach (var parameter in method.GetParameters())
                Visit(parameter.ParameterType, reached, $"{method.DeclaringType!.Name}.{method.Name}");

            if (method.ReturnType.IsGenericType)
                Visit(method.ReturnType.GetGenericArguments()[0], reached, $"{method.DeclaringType!.Name}.{method.Name}");
        }

        return reached;
    }

    private static void Visit(Type type, HashSet<Type> reached, string where)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Primitives.Contains(type) || type.Assembly == typeof(GroupId).Assembly || Interfaces.Contains(type))
            return;

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            Visit(type.GetGenericArguments()[0], reached, where);
            return;
        }

        Assert.True(type.Assembly == typeof(IGroupGrain).Assembly, $"{where}: {type.Name} may not be in a contract.");
        if (!reached.Add(type))
            return;

        foreach (var member in type.GetProperties().Where(property => property.CanWrite))
            Visit(member.PropertyType, reached, $"{type.Name}.{member.Name}");

        foreach (var derived in type.Assembly.GetTypes().Where(one => one.BaseType == type))
            Visit(derived, reached, derived.Name);
    }
}
