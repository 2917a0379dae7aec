using System.Globalization;

namespace ZeroKSync.Protocol;

/// <summary>A place in a group's log at one relay. The first row has 1; 0 is before all rows.</summary>
public readonly record struct Cursor(ulong Value) : IComparable<Cursor>
{
    /// <summary>The one after it.</summary>
    public Cursor Next => new(Value + 1);

    /// <inheritdoc />
    public int CompareTo(Cursor other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(Cursor left, Cursor right) => left.Value < right.Value;

    public static bool operator >(Cursor left, Cursor right) => left.Value > right.Value;

    public static bool operator <=(Cursor left, Cursor right) => left.Value <= right.Value;

    public static bool operator >=(Cursor left, Cursor right) => left.Value >= right.Value;
}
