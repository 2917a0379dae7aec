using System.Globalization;

namespace ZeroKSync.Protocol;

/// <summary>A sender's own count of its blobs in a group. The first has 1; 0 is before all.</summary>
public readonly record struct Sequence(ulong Value) : IComparable<Sequence>
{
    /// <summary>The one after it.</summary>
    public Sequence Next => new(Value + 1);

    /// <inheritdoc />
    public int CompareTo(Sequence other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(Sequence left, Sequence right) => left.Value < right.Value;

    public static bool operator >(Sequence left, Sequence right) => left.Value > right.Value;

    public static bool operator <=(Sequence left, Sequence right) => left.Value <= right.Value;

    public static bool operator >=(Sequence left, Sequence right) => left.Value >= right.Value;
}
