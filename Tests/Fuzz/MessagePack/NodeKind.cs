namespace ZeroKSync.Tests.Fuzz.MessagePack;

/// <summary>What the wire's MessagePack knows, and bytes that are none of it.</summary>
internal enum NodeKind
{
    Integer,
    Nil,
    False,
    True,
    Binary,
    Text,
    Array,

    /// <summary>Written as it is.</summary>
    Raw,
}
