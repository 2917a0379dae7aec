using System.Reflection;
using System.Text;

namespace ZeroKSync.Tests.Unit.PublicApi;

/// <summary>What a program can see of an assembly, one line a member, sorted: for a checked-in page that a change must touch.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Head(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var bases = new[] { type.BaseType }.OfType<Type>().Where(one => one != typeof(object) && one != typeof(ValueType) && one != typeof(Enum))
            .Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? [])).Select(Name).Order(StringComparer.Ordinal).ToArray();
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Length > 0 && !type.IsEnum ? " : " + string.Join(", ", bases) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");

        var properties = type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsVisible));
        var events = type.GetEvents(Declared).Where(one => one.AddMethod is { } add && IsVisible(add));
        var fields = type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly);
        var constructors = type.GetConstructors(Declared).Where(IsVisible);
        var methods = type.GetMethods(Declared).Where(method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            && !method.Name.Contains('<', StringComparison.Ordinal));
        return properties.Select(Property)
            .Concat(events.Select(one => $"event {Name(one.EventHandlerType!)} {one.Name}"))
            .Concat(fields.Select(field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}"))
            .Concat(constructors.Select(constructor => $"new({Parameters(constructor)})"))
            .Concat(methods.Select(method =>
                $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter))} {method.Name}{Generics(method)}({Parameters(method)})"));
    }

    private static string Property(PropertyInfo property)
    {
        string get = property.GetMethod is { } getter && IsVisible(getter) ? " get;" : "";
        string set = property.SetMethod is { } setter && IsVisible(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;"
            : "";
        bool required = property.CustomAttributes.Any(one => one.AttributeType.Name == "RequiredMemberAttribute");
        bool isStatic = property.GetAccessors(true)[0].IsStatic;
        return $"{(isStatic ? "static " : "")}{(required ? "required " : "")}{Name(property.PropertyType)}{Mark(Nullability.Create(property))} {property.Name} {{{get}{set} }}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    private static string Mark(NullabilityInfo info) =>
        info.WriteState == NullabilityState.Nullable || info.ReadState == NullabilityState.Nullable
            ? Nullable.GetUnderlyingType(info.Type) is null ? "?" : ""
            : "";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);

        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";

        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";

        string nested = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        string name = type.Name.Split('`')[0];
        return nested + (type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name);
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
