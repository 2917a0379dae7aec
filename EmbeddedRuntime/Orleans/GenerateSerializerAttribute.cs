namespace Orleans;

/// <summary>Marks a type that crosses a grain call. The embedded runtime shares the object; Orleans generates a codec for it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
