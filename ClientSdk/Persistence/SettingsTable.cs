using System.Buffers.Binary;
using System.Text;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>The few single values of a device.</summary>
internal sealed class SettingsTable(ClientTransaction transaction)
{
    private const string DeviceNameKey = "device_name";
    private const string AppPositionKey = "app_position";
    private const string VectorKey = "vector";
    private const int VectorBytes = 1 + sizeof(long) + sizeof(uint);

    // Every push looks at it; remembered.
    private VectorState? _vector;

    public void Forget() => _vector = null;

    /// <summary>Where this device stands with telling what it has; null before it was ever said.</summary>
    public VectorState? Vector
    {
        get => _vector ??= Get(VectorKey) is { Length: VectorBytes } bytes
            ? new VectorState(
                bytes[0] != 0,
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1))),
                new KeyEpoch(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1 + sizeof(long)))))
            : null;
        set
        {
            VectorState state = value ?? throw new ArgumentNullException(nameof(value));
            byte[] bytes = new byte[VectorBytes];
            bytes[0] = state.IsChanged ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), state.SealedAt.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1 + sizeof(long)), state.Epoch.Value);
            Set(VectorKey, bytes);
            _vector = state;
        }
    }

    /// <summary>The device's name, once it has one.</summary>
    public string? DeviceName
    {
        get => Get(DeviceNameKey) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        set => Set(DeviceNameKey, Encoding.UTF8.GetBytes(value ?? string.Empty));
    }

    /// <summary>The last inbox row that the app has finished with; 0 before the first.</summary>
    public long AppPosition
    {
        get => Get(AppPositionKey) is { } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;
        set
        {
            byte[] bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            Set(AppPositionKey, bytes);
        }
    }

    private byte[]? Get(string name) => transaction.Scalar("SELECT value FROM settings WHERE name = $name", ("$name", name)) as byte[];

    private void Set(string name, byte[] value) =>
        transaction.Execute("INSERT INTO settings (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("$name", name), ("$value", value));
}
