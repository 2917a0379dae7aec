namespace ZeroKSync.Storage.Sqlite;

/// <summary>A value for a statement: an integer, bytes, text or null. An integer is not boxed: an append has nine of them for each blob.</summary>
internal readonly struct SqlValue
{
    private readonly long _number;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string? _text;

    private SqlValue(SqlKind kind, long number = 0, ReadOnlyMemory<byte> bytes = default, string? text = null)
    {
        Kind = kind;
        _number = number;
        _bytes = bytes;
        _text = text;
    }

    /// <summary>What it is; null by default.</summary>
    public SqlKind Kind { get; }

    public long Number => _number;

    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    public string Text => _text!;

    public static implicit operator SqlValue(long number) => new(SqlKind.Integer, number);

    public static implicit operator SqlValue(long? number) => number is { } value ? value : default(SqlValue);

    public static implicit operator SqlValue(byte[]? bytes) => bytes is null ? default : new(SqlKind.Blob, bytes: bytes);

    public static implicit operator SqlValue(ReadOnlyMemory<byte> bytes) => new(SqlKind.Blob, bytes: bytes);

    public static implicit operator SqlValue(string? text) => text is null ? default : new(SqlKind.Text, text: text);

    /// <summary>As the driver's own commands take it.</summary>
    public object ToObject() => Kind switch
    {
        SqlKind.Integer => _number,
        SqlKind.Blob => WholeArray.Of(_bytes),
        SqlKind.Text => _text!,
        _ => DBNull.Value,
    };
}
