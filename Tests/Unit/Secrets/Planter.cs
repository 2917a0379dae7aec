using System.Collections;
using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>
/// Makes an object of any type that can hold a secret, with the canary in every place of one: without its constructor, field by field, so that
/// no type needs a line here. What else it has is empty.
/// </summary>
internal sealed class Planter(SecretTypes types) : IDisposable
{
    private const int DepthMax = 8;

    private readonly List<SecretBytes> _secrets = [];

    /// <summary>Canaries planted since the start.</summary>
    public int Planted { get; private set; }

    public object Make(Type type) => Make(type, DepthMax) ?? throw new InvalidOperationException($"Nothing can be made of {type}.");

    public void Dispose() => _secrets.ForEach(secret => secret.Dispose());

    private object? Make(Type type, int depth)
    {
        if (type == typeof(SecretBytes))
            return Secret();

        if (type.IsArray)
            return Array(type.GetElementType()!, depth);

        if (type.IsGenericType && !types.All.Contains(type))
            return Collection(type, depth);

        if (depth == 0 || !types.All.Contains(type))
            return null;

        // An abstract type's place is taken by one that derives from it.
        Type? concrete = type.IsAbstract ? types.All.FirstOrDefault(candidate => candidate.IsSubclassOf(type) && !candidate.IsAbstract) : type;
        if (concrete is null)
            return null;

        object made = RuntimeHelpers.GetUninitializedObject(concrete);
        foreach (FieldInfo field in SecretTypes.Fields(concrete))
        {
            object? value = SecretTypes.IsSecretText(field) ? Text(field.FieldType) : types.IsSecret(field) ? Make(field.FieldType, depth - 1) : field.FieldType == typeof(string) ? string.Empty : null;
            if (value is not null)
                field.SetValue(made, value);
        }

        return made;
    }

    private SecretBytes Secret()
    {
        SecretBytes secret = SecretBytes.CopyFrom(Canary.Bytes);
        _secrets.Add(secret);
        Planted++;
        return secret;
    }

    private object Text(Type type)
    {
        Planted++;
        byte[] bytes = [.. Canary.Bytes];
        return type == typeof(string) ? Canary.Text
            : type == typeof(char[]) ? Canary.Text.ToCharArray()
            : type == typeof(Memory<char>) ? Canary.Text.ToCharArray().AsMemory()
            : type == typeof(ReadOnlyMemory<char>) ? Canary.Text.AsMemory()
            : type == typeof(Memory<byte>) ? bytes.AsMemory()
            : type == typeof(ReadOnlyMemory<byte>) ? new ReadOnlyMemory<byte>(bytes)
            : type == typeof(ImmutableArray<byte>) ? ImmutableArray.Create(bytes)
            : bytes;
    }

    private Array? Array(Type element, int depth)
    {
        if (Make(element, depth) is not { } item)
            return null;

        Array array = System.Array.CreateInstance(element, 1);
        array.SetValue(item, 0);
        return array;
    }

    // A list or a dictionary of one; an interface that an array is; nothing for what else is generic, such as a task.
    private object? Collection(Type type, int depth)
    {
        Type[] arguments = type.GetGenericArguments();
        if (arguments.Length == 1 && type.IsAssignableFrom(arguments[0].MakeArrayType()))
            return Array(arguments[0], depth);

        if (type.IsAbstract || type.GetConstructor([]) is null || Make(arguments[^1], depth) is not { } item)
            return null;

        object made = Activator.CreateInstance(type)!;
        if (made is IDictionary dictionary)
            dictionary.Add(Key(arguments[0]), item);
        else if (made is IList list)
            list.Add(item);
        else
            return null;

        return made;
    }

    private static object Key(Type type) =>
        type.IsValueType ? Activator.CreateInstance(type)! : type == typeof(IPEndPoint) ? new IPEndPoint(IPAddress.Loopback, 1) : string.Empty;
}
