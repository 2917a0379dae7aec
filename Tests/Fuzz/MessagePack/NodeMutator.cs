using System.Text;

namespace ZeroKSync.Tests.Fuzz.MessagePack;

/// <summary>Changes a message where it has a meaning: a value, a type, a count, a form. What comes out is often a message still.</summary>
internal static class NodeMutator
{
    private static readonly ulong[] Integers = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, long.MaxValue, 1UL << 63, ulong.MaxValue];
    private static readonly int[] Lengths = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 256, 257, 512, 513, 1216, 1217, 2048, 2049, 4096, 4097];
    private static readonly uint[] Claims = [0, 1, 15, 16, 0xff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

    // A map, a float, an extension, a negative number, a byte that is never used, forms that are too long, text that is none.
    private static readonly byte[][] Forbidden =
        [[0x80], [0x81, 0x01, 0x02], [0xca, 0, 0, 0, 0], [0xcb, 0, 0, 0, 0, 0, 0, 0, 0], [0xd4, 1, 0], [0xc7, 0, 1], [0xff], [0xd0, 0x80], [0xc1], [0xcc, 0x05], [0xa1, 0xff], [0xde, 0, 0]];

    /// <summary>One to three changes.</summary>
    public static byte[] Mutate(Random random, Node tree)
    {
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            Node[] all = [.. tree.All()];
            Change(random, all[random.Next(all.Length)]);
        }

        return NodeWriter.Write(tree);
    }

    private static void Change(Random random, Node node)
    {
        switch (random.Next(10))
        {
            case 0:
                Become(node, Scalar(random));
                break;
            case 1:
                Become(node, Node.Raw(Forbidden[random.Next(Forbidden.Length)]));
                break;
            case 2:
                node.Widening = random.Next(1, 4);
                break;
            case 3:
                node.Claim = Claims[random.Next(Claims.Length)];
                break;
            case 4 when node.Kind == NodeKind.Array:
                // What a newer version may send.
                for (int extra = random.Next(1, 20); extra > 0; extra--)
                    node.Children.Add(Scalar(random));

                break;
            case 5 when node.Children.Count > 0:
                node.Children.RemoveAt(random.Next(node.Children.Count));
                break;
            case 6 when node.Children.Count > 0:
                Node again = node.Children[random.Next(node.Children.Count)];
                for (int copies = random.Next(1, 30); copies > 0; copies--)
                    node.Children.Add(again);

                break;
            case 7:
                Nest(random, node);
                break;
            case 8 when node.Kind == NodeKind.Integer:
                node.Integer = Integers[random.Next(Integers.Length)];
                break;
            case 9 when node.Kind is NodeKind.Binary or NodeKind.Text:
                node.Bytes = Resized(node.Bytes, Lengths[random.Next(Lengths.Length)]);
                break;
            default:
                if (node.Bytes.Length > 0)
                    node.Bytes[random.Next(node.Bytes.Length)] ^= (byte)(1 << random.Next(8));

                break;
        }
    }

    private static Node Scalar(Random random) => random.Next(6) switch
    {
        0 => new Node(NodeKind.Nil),
        1 => new Node(random.Next(2) == 0 ? NodeKind.False : NodeKind.True),
        2 => Node.OfBinary(new byte[Lengths[random.Next(Lengths.Length)]]),
        3 => new Node(NodeKind.Text) { Bytes = Encoding.UTF8.GetBytes(new string('é', random.Next(200))) },
        4 => new Node(NodeKind.Array),
        _ => Node.OfInteger(Integers[random.Next(Integers.Length)]),
    };

    private static void Nest(Random random, Node node)
    {
        var inner = new Node(node.Kind);
        Become(inner, node);
        for (int depth = random.Next(1, 200); depth > 0; depth--)
        {
            var outer = new Node(NodeKind.Array);
            outer.Children.Add(inner);
            inner = outer;
        }

        Become(node, inner);
    }

    private static void Become(Node node, Node other)
    {
        Node[] children = [.. other.Children];
        (node.Kind, node.Integer, node.Bytes, node.Widening, node.Claim) = (other.Kind, other.Integer, [.. other.Bytes], other.Widening, other.Claim);
        node.Children.Clear();
        node.Children.AddRange(children);
    }

    private static byte[] Resized(byte[] bytes, int length)
    {
        byte[] resized = new byte[length];
        bytes.AsSpan(0, Math.Min(length, bytes.Length)).CopyTo(resized);
        return resized;
    }
}
