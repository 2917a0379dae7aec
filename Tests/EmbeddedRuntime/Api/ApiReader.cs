using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ZeroKSync.Tests.EmbeddedRuntime.Api;

/// <summary>
/// Reads the visible surface of an assembly from its metadata alone: nothing is loaded, and what the assembly references may be missing.
/// </summary>
internal static class ApiReader
{
    /// <summary>Types by full name: a heading line, then its members, sorted.</summary>
    public static SortedDictionary<string, ApiType> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var types = new SortedDictionary<string, ApiType>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public)
                continue;

            string name = $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            types[name] = new ApiType(Heading(metadata, type, name), Implemented(metadata, type), Members(metadata, type));
        }

        return types;
    }

    private static string Heading(MetadataReader metadata, TypeDefinition type, string name)
    {
        string basis = type.BaseType.IsNil ? "" : ApiNames.OfHandle(metadata, type.BaseType);
        var attributes = type.Attributes;
        bool isAbstract = attributes.HasFlag(TypeAttributes.Abstract);
        bool isSealed = attributes.HasFlag(TypeAttributes.Sealed);
        return attributes.HasFlag(TypeAttributes.Interface) ? $"interface {name}"
            : basis == "System.Enum" ? $"enum {name}"
            : basis == "System.ValueType" ? $"struct {name}"
            : $"{(isAbstract && isSealed ? "static " : isAbstract ? "abstract " : isSealed ? "sealed " : "")}class {name}{(basis == "System.Object" ? "" : $" : {basis}")}";
    }

    private static SortedSet<string> Implemented(MetadataReader metadata, TypeDefinition type) => new(
        type.GetInterfaceImplementations().Select(handle => ApiNames.OfHandle(metadata, metadata.GetInterfaceImplementation(handle).Interface)),
        StringComparer.Ordinal);

    private static SortedSet<string> Members(MetadataReader metadata, TypeDefinition type)
    {
        var members = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in type.GetMethods())
        {
            if (Method(metadata, metadata.GetMethodDefinition(handle)) is { } method)
                members.Add(method);
        }

        foreach (var handle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            if (field.Attributes.HasFlag(FieldAttributes.Literal) && (field.Attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Public)
            {
                var constant = metadata.GetConstant(field.GetDefaultValue());
                members.Add($"{metadata.GetString(field.Name)} = {metadata.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode)}");
            }
        }

        return members;
    }

    private static string? Method(MetadataReader metadata, MethodDefinition method)
    {
        string? access = (method.Attributes & MethodAttributes.MemberAccessMask) switch
        {
            MethodAttributes.Public => "public",
            MethodAttributes.Family => "protected",
            MethodAttributes.FamORAssem => "protected internal",
            _ => null,
        };
        if (access is null)
            return null;

        var signature = method.DecodeSignature(ApiNames.Instance, null);
        var names = method.GetParameters().Select(metadata.GetParameter).Where(parameter => parameter.SequenceNumber > 0)
            .ToDictionary(parameter => parameter.SequenceNumber - 1);
        var parameters = signature.ParameterTypes.Select((type, index) =>
            $"{type} {metadata.GetString(names[index].Name)}{(names[index].Attributes.HasFlag(ParameterAttributes.HasDefault) ? " = default" : "")}");
        var attributes = method.Attributes;
        string kind = attributes.HasFlag(MethodAttributes.Static) ? " static"
            : attributes.HasFlag(MethodAttributes.Abstract) ? " abstract"
            : attributes.HasFlag(MethodAttributes.Virtual) && !attributes.HasFlag(MethodAttributes.Final) ? " virtual"
            : "";
        string arity = signature.GenericParameterCount == 0 ? "" : $"`{signature.GenericParameterCount}";
        return $"{access}{kind} {signature.ReturnType} {metadata.GetString(method.Name)}{arity}({string.Join(", ", parameters)})";
    }
}
