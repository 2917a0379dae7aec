namespace ZeroKSync.Tests.Fuzz.MessagePack;

/// <summary>Writes a tree, rightly or as wrongly as its nodes say.</summary>
internal static class NodeWriter
{
    private static readonly (byte Head, int Bytes)[] Integers = [(0xcc, 1), (0xcd, 2), (0xce, 4), (0xcf, 8)];
    private static readonly (byte Head, int Bytes)[] Binaries = [(0xc4, 1), (0xc5, 2), (0xc6, 4)];
    private static readonly (byte Head, int Bytes)[] Texts = [(0xd9, 1), (0xda, 2), (0xdb, 4)];
    private static readonly (byte Head, int Bytes)[] Arrays = [(0xdc, 2), (0xdd, 4)];

    public static byte[] Write(Node node)
    {
        var bytes = new List<byte>();
        Write(bytes, node);
        return [.. bytes];
    }

    private static void Write(List<byte> to, Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.Integer:
                Head(to, node.Integer, node.Widening, 0x00, 0x7f, Integers);
                break;
            case NodeKind.Nil:
                to.Add(0xc0);
                break;
            case NodeKind.False:
                to.Add(0xc2);
                break;
            case NodeKind.True:
                to.Add(0xc3);
                break;
            case NodeKind.Binary:
                Head(to, node.Claim ?? (uint)node.Bytes.Length, node.Widening, 0x00, -1, Binaries);
                to.AddRange(node.Bytes);
                break;
            case NodeKind.Text:
                Head(to, node.Claim ?? (uint)node.Bytes.Length, node.Widening, 0xa0, 0x1f, Texts);
                to.AddRange(node.Bytes);
                break;
            case NodeKind.Array:
                Head(to, node.Claim ?? (uint)node.Children.Count, node.Widening, 0x90, 0x0f, Arrays);
                foreach (Node child in node.Children)
                    Write(to, child);

                break;
            default:
                to.AddRange(node.Bytes);
                break;
        }
    }

    // The shortest form that holds the value, or as many steps longer as there are.
    private static void Head(List<byte> to, ulong value, int widening, byte fix, int fixMax, (byte Head, int Bytes)[] forms)
    {
        int shortest = value <= (ulong)Math.Max(fixMax, 0) && fixMax >= 0 ? -1 : Array.FindIndex(forms, form => form.Bytes == 8 || value >> (8 * form.Bytes) == 0);
        int chosen = Math.Min(shortest + widening, forms.Length - 1);
        if (chosen < 0)
        {
            to.Add((byte)(fix | value));
            return;
        }

        to.Add(forms[chosen].Head);
        for (int i = forms[chosen].Bytes - 1; i >= 0; i--)
            to.Add((byte)((value >> (8 * i)) & 0xff));
    }
}
