using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

/// <summary>
/// Size and offsets of every native structure, against a checked-in page. The page was compared with what a C compiler says of ngtcp2
/// 1.11's and GnuTLS 3.7's headers on 64-bit Linux: a field moved or added here is memory corruption there.
/// </summary>
public sealed class NativeLayoutTests
{
    [Fact]
    public void Structures_SizesAndOffsets_AreThoseOfTheHeaders() => Approved.Compare("Transport/Ngtcp2/NativeLayout.approved.txt", Page());

    private static string Page()
    {
        var page = new StringBuilder();
        IEnumerable<Type> structures = typeof(PathStruct).Assembly.GetTypes()
            .Where(type => type is { IsValueType: true, IsEnum: false } && type.Namespace == typeof(PathStruct).Namespace && type.Name.EndsWith("Struct", StringComparison.Ordinal))
            .OrderBy(type => type.Name, StringComparer.Ordinal);
        foreach (Type structure in structures)
        {
            page.Append(structure.Name).Append(" size=").Append(SizeOf(structure)).Append('\n');
            foreach (FieldInfo field in structure.GetFields(BindingFlags.Instance | BindingFlags.Public))
                page.Append("  ").Append(field.Name).Append(' ').Append(Marshal.OffsetOf(structure, field.Name)).Append('\n');
        }

        return page.ToString();
    }

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
