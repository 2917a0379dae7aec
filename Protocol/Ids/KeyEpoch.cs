using System.Globalization;

namespace ZeroKSync.Protocol;

/// <summary>Counts a group's key rotations; 0 before the first.</summary>
public readonly record struct KeyEpoch(uint Value) : IComparable<KeyEpoch>
{
    /// <summary>The one after it.</summary>
    public KeyEpoch Next => new(Value + 1);

    /// <inheritdoc />
    public int CompareTo(KeyEpoch other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(KeyEpoch left, KeyEpoch right) => left.Value < right.Value;

    public static bool operator >(KeyEpoch left, KeyEpoch right) => left.Value > right.Value;

    public static bool operator <=(KeyEpoch left, KeyEpoch right) => left.Value <= right.Value;

    public static bool operator >=(KeyEpoch left, KeyEpoch right) => left.Value >= right.Value;
}
