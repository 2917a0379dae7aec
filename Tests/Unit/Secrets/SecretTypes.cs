using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>
/// Which types can hold a secret: those with a field of <see cref="SecretBytes"/>, or of bytes or text that is named like a secret, and those with a
/// field of such a type, however deep. What a compiler makes (closures, state machines) is left out: nobody can name it to print it.
/// </summary>
internal sealed partial class SecretTypes
{
    public const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Named like a secret, and public: keys that every peer gets.
    private static readonly HashSet<string> PublicFields = ["DeviceCard.EncapsulationKey", "X25519KeyPair._publicKey", "HandshakeResponder._kemKey", "RotationChain._keys"];

    // A secret, and not named like one.
    private static readonly HashSet<string> SecretFields = ["RememberedListener.Session"];

    private static readonly HashSet<Type> BytesAndText =
    [
        typeof(byte[]), typeof(char[]), typeof(string), typeof(Memory<byte>), typeof(ReadOnlyMemory<byte>), typeof(Memory<char>), typeof(ReadOnlyMemory<char>), typeof(ImmutableArray<byte>),
    ];

    private readonly HashSet<Type> _holders = [typeof(SecretBytes)];

    public SecretTypes(IEnumerable<Type> types)
    {
        Type[] all = [.. types.Where(type => !type.IsInterface && !type.IsByRefLike && !type.ContainsGenericParameters && !IsCompilerMade(type))];
        while (all.Any(type => !_holders.Contains(type) && Fields(type).Any(IsSecret) && _holders.Add(type)))
        {
        }
    }

    /// <summary>All, <see cref="SecretBytes"/> too.</summary>
    public IReadOnlyCollection<Type> All => _holders;

    /// <summary>Fields of a type and of what it derives from.</summary>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(Own))
                yield return field;
        }
    }

    public bool IsSecret(FieldInfo field) => IsSecretText(field) || Mentions(field.FieldType);

    /// <summary>Whether a field holds bytes or text that are a secret by its name.</summary>
    public static bool IsSecretText(FieldInfo field)
    {
        string name = $"{field.DeclaringType!.Name}.{BackingField().Replace(field.Name, "${name}")}";
        return BytesAndText.Contains(field.FieldType) && !PublicFields.Contains(name) && (SecretFields.Contains(name) || SecretName().IsMatch(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]));
    }

    private bool Mentions(Type type) =>
        _holders.Contains(type)
        || (type.HasElementType && Mentions(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(Mentions));

    private static bool IsCompilerMade(Type type)
    {
        // Orleans' generator has a namespace of its own.
        if (type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) == true)
            return true;

        for (Type? level = type; level is not null; level = level.DeclaringType)
        {
            if (level.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || level.Name.Contains('<', StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // Of a property, <Name>k__BackingField; of a constructor's parameter, <name>P.
    [GeneratedRegex(@"^<(?<name>\w+)>(k__BackingField|P)$")]
    private static partial Regex BackingField();

    [GeneratedRegex("secret|seed|pass(phrase|word)|private|key|link|token|credential|shortcode", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
