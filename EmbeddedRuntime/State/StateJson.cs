using System.Text.Json;

namespace ZeroKSync.EmbeddedRuntime.State;

/// <summary>How grain state is written: JSON, so that it can be read without the program that wrote it.</summary>
internal static class StateJson
{
    // Members without a setter are computed from others (a cursor's successor has a successor), so they are not state.
    public static readonly JsonSerializerOptions Options = new()
    {
        IgnoreReadOnlyProperties = true,
        IncludeFields = true,
        Converters = { new FixedBytesConverters() },
    };

    public static byte[] Write<TState>(TState state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    /// <exception cref="JsonException">What is stored is not this state.</exception>
    public static TState Read<TState>(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<TState>(bytes, Options)
        ?? throw new JsonException("The stored state is null.");
}
