namespace ZeroKSync.Tests.Fuzz.MessagePack;

/// <summary>One MessagePack value, and how it is to be written wrongly.</summary>
internal sealed class Node(NodeKind kind)
{
    public NodeKind Kind { get; set; } = kind;

    public ulong Integer { get; set; }

    /// <summary>Of binaries, texts and raw ones.</summary>
    public byte[] Bytes { get; set; } = [];

    public List<Node> Children { get; } = [];

    /// <summary>Heads or integers longer than they need be, by so many steps.</summary>
    public int Widening { get; set; }

    /// <summary>The length or count to claim instead of the true one.</summary>
    public uint? Claim { get; set; }

    public static Node Raw(params byte[] bytes) => new(NodeKind.Raw) { Bytes = bytes };

    public static Node OfInteger(ulong value) => new(NodeKind.Integer) { Integer = value };

    public static Node OfBinary(byte[] bytes) => new(NodeKind.Binary) { Bytes = bytes };

    public IEnumerable<Node> All() => [this, .. Children.SelectMany(child => child.All())];

    /// <summary>Whether this is what another says, and elements after it in its arrays, which a newer version may have.</summary>
    public bool Extends(Node other) =>
        Kind == other.Kind
        && Integer == other.Integer
        && Bytes.AsSpan().SequenceEqual(other.Bytes)
        && Children.Count >= other.Children.Count
        && other.Children.Zip(Children).All(pair => pair.Second.Extends(pair.First));
}
