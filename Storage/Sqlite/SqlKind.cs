namespace ZeroKSync.Storage.Sqlite;

/// <summary>What a <see cref="SqlValue"/> is.</summary>
internal enum SqlKind
{
    Null,
    Integer,
    Blob,
    Text,
}
