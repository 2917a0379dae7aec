using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.OnOrleans;

/// <summary>Makes a value of any contract type in which no two members are alike, and writes one as text to compare.</summary>
internal sealed class Sample
{
    private byte _next = 1;

    public object Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;

        if (type.IsPrimitive)
            return type == typeof(bool) ? true : Convert.ChangeType(_next++, type, null);

        if (type == typeof(string))
            return $"text {_next++}";

        if (type == typeof(ReadOnlyMemory<byte>))
            return new ReadOnlyMemory<byte>(Bytes(5));

        if (type == typeof(Bytes16))
            return Bytes16.Read(Bytes(Bytes16.Size));

        if (type == typeof(Bytes32))
            return Bytes32.Read(Bytes(Bytes32.Size));

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return Two(type);

        if (type.Assembly == typeof(GroupId).Assembly)
            return Activator.CreateInstance(type, Of(type.GetConstructors().Single().GetParameters().Single().ParameterType))!;

        object value = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (var property in Members(type))
            property.SetValue(value, Of(property.PropertyType));

        return value;
    }

    public static string Text(object? value) => value switch
    {
        null => "null",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        Bytes16 bytes => bytes.ToHex(),
        Bytes32 bytes => bytes.ToHex(),
        string text => text,
        IEnumerable many => $"[{string.Join(", ", many.Cast<object>().Select(Text))}]",
        _ when value.GetType().IsPrimitive || value.GetType().IsEnum => value.ToString()!,
        _ when value.GetType().Assembly == typeof(GroupId).Assembly => Text(value.GetType().GetProperty("Value")!.GetValue(value)),
        _ => Members(value.GetType()).Aggregate(
            new StringBuilder(value.GetType().Name),
            (text, property) => text.Append($" {property.Name}={Text(property.GetValue(value))};")).ToString(),
    };

    private static IEnumerable<PropertyInfo> Members(Type type) =>
        type.GetProperties().Where(property => property.IsDefined(typeof(IdAttribute)));

    private object Two(Type array)
    {
        var element = array.GetGenericArguments()[0];
        var elements = Array.CreateInstance(element, 2);
        elements.SetValue(Of(element), 0);
        elements.SetValue(Of(element), 1);
        return typeof(ImmutableArray).GetMethods()
            .Single(method => method.Name == nameof(ImmutableArray.Create) && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(element).Invoke(null, [elements])!;
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        foreach (ref byte one in bytes.AsSpan())
            one = unchecked(_next++);

        return bytes;
    }
}
