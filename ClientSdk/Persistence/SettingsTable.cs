using System.Buffers.Binary;
using System.Text;

namespace ZeroKSync.Client.Persistence;

/// <summary>The few single values of a device.</summary>
internal sealed class SettingsTable(ClientTransaction transaction)
{
    private const string DeviceNameKey = "device_name";
    private const string AppPositionKey = "app_position";

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
