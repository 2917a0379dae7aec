using System.Reflection;
using System.Text.RegularExpressions;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Cluster.Contracts;

/// <summary>
/// Reads the surrogates' sources, because they are compiled for Orleans alone: an id without one compiles everywhere, runs in one process,
/// and fails in a cluster.
/// </summary>
public sealed partial class SurrogateSourceTests
{
    public static TheoryData<Type> Ids
    {
        get
        {
            var contracts = typeof(IGroupGrain).Assembly.GetTypes().SelectMany(type => type.GetProperties().Select(property => property.PropertyType)
                .Concat(type.IsInterface ? type.GetMethods().SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)) : []));
            var ids = contracts.SelectMany(Parts).Where(type => type.Assembly == typeof(GroupId).Assembly).ToHashSet();
            foreach (var id in ids.ToArray())
                ids.UnionWith(Members(id).Select(member => member.Type).Where(type => type.Assembly == typeof(GroupId).Assembly));

            return [.. ids.OrderBy(type => type.Name, StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void Ids_InContracts_AreFound() => Assert.Contains(typeof(GroupId), Ids.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Ids), DisableDiscoveryEnumeration = true)]
    public void Surrogate_OfEveryIdInAContract_CarriesEachFieldBothWays(Type id)
    {
        string path = RepositoryRoot.File("Grains.Interfaces", "Orleans", $"{id.Name}Surrogate.cs");
        Assert.True(File.Exists(path), $"{id.Name} is used in a contract and has no surrogate.");
        string source = File.ReadAllText(path);
        Assert.Contains("[RegisterConverter]", source, StringComparison.Ordinal);
        Assert.Contains($"IConverter<{id.Name}, {id.Name}Surrogate>", source, StringComparison.Ordinal);
        Assert.Contains($"[Alias(\"zks.{id.Name}\")]", source, StringComparison.Ordinal);

        var fields = Field().Matches(source).Select(match => (Number: match.Groups[1].Value, Type: match.Groups[2].Value, Name: match.Groups[3].Value)).ToArray();
        Assert.Equal(Enumerable.Range(0, fields.Length).Select(number => $"{number}"), fields.Select(field => field.Number));
        Assert.Equal(Members(id).Select(member => Keyword(member.Type)).ToArray(), fields.Select(field => field.Type).ToArray());
        Assert.All(fields, field =>
        {
            Assert.Contains($"surrogate.{field.Name}", source, StringComparison.Ordinal);
            Assert.Contains($"{field.Name} = ", source, StringComparison.Ordinal);
        });
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : [type];

    private static IEnumerable<(string Name, Type Type)> Members(Type id) =>
        id.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Select(field => (field.Name, field.FieldType));

    private static string Keyword(Type type) =>
        type == typeof(ulong) ? "ulong" : type == typeof(uint) ? "uint" : type.Name;

    [GeneratedRegex(@"\[Id\((\d+)\)\]\s+public (\w+) (\w+);")]
    private static partial Regex Field();
}
