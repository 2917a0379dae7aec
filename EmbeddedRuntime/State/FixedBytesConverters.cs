using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ZeroKSync.EmbeddedRuntime.State;

/// <summary>
/// Writes values made of a fixed number of bytes (ids) as Base64. They are recognised by shape - static Read(ReadOnlySpan of byte) and
/// ToArray() - because this project knows no id types, and by default they would be written as empty objects.
/// </summary>
internal sealed class FixedBytesConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsValueType && ReadMethod(typeToConvert) is not null && ToArrayMethod(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(FixedBytesConverter<>).MakeGenericType(typeToConvert))!;

    private static MethodInfo? ReadMethod(Type type) =>
        type.GetMethod("Read", BindingFlags.Public | BindingFlags.Static, [typeof(ReadOnlySpan<byte>)]) is { } method && method.ReturnType == type ? method : null;

    private static MethodInfo? ToArrayMethod(Type type) =>
        type.GetMethod("ToArray", BindingFlags.Public | BindingFlags.Instance, []) is { } method && method.ReturnType == typeof(byte[]) ? method : null;

    private delegate TValue ReadBytes<TValue>(ReadOnlySpan<byte> bytes);

    private delegate byte[] WriteBytes<TValue>(ref TValue value);

    private sealed class FixedBytesConverter<TValue> : JsonConverter<TValue>
        where TValue : struct
    {
        private readonly ReadBytes<TValue> _read = ReadMethod(typeof(TValue))!.CreateDelegate<ReadBytes<TValue>>();
        private readonly WriteBytes<TValue> _write = ToArrayMethod(typeof(TValue))!.CreateDelegate<WriteBytes<TValue>>();

        public override TValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return _read(reader.GetBytesFromBase64());
            }
            catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
            {
                throw new JsonException($"The stored {typeToConvert.Name} does not have its length.", exception);
            }
        }

        public override void Write(Utf8JsonWriter writer, TValue value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(_write(ref value));
    }
}
