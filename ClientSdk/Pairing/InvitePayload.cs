using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Pairing;

/// <summary>
/// What a link or QR code carries, version 3: base64url of <c>{"v":3,"r":[[address,relay id]],"l":lookup id,"k":invite key,"x":expiry ms}</c>,
/// ids and key as base64url. The record itself lies at the first relay.
/// </summary>
internal sealed class InvitePayload : IDisposable
{
    /// <summary>Longest text that is looked at.</summary>
    public const int TextLengthMax = 8192;

    // Room for 8 relays whose every character is escaped to 6 bytes; the writer asks for the worst case before it knows what it needs.
    private const int JsonBytesMax = 24 << 10;

    private const int Version = 3;

    public InvitePayload(IReadOnlyList<RelayAddress> relays, LookupId lookup, SecretBytes key, long expiresMs)
    {
        Relays = relays;
        Lookup = lookup;
        Key = key;
        ExpiresMs = expiresMs;
    }

    /// <summary>1 to 8, most wanted first.</summary>
    public IReadOnlyList<RelayAddress> Relays { get; }

    public LookupId Lookup { get; }

    /// <summary>Owned by this object.</summary>
    public SecretBytes Key { get; }

    /// <summary>For display: the relay's clock decides.</summary>
    public long ExpiresMs { get; }

    /// <summary>
    /// The text. It holds the invite key and is a string, since the app shows it: from here on it is the app's to keep to itself, and it is
    /// worth nothing once the invite is claimed or has expired. Everything on the way to it is wiped.
    /// </summary>
    public string Encode()
    {
        using var buffer = new WipedBuffer(JsonBytesMax);
        Span<byte> key = stackalloc byte[Base64Url.GetEncodedLength(XChaCha20Poly1305.KeyBytes)];
        Base64Url.EncodeToUtf8(Key.Span, key);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteStartArray("r");
            foreach (RelayAddress relay in Relays)
            {
                json.WriteStartArray();
                json.WriteStringValue(relay.HostAndPort);
                json.WriteStringValue(Base64Url.EncodeToString(relay.RelayId.ToArray()));
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteString("l", Base64Url.EncodeToString(Lookup.ToArray()));
            json.WriteString("k"u8, key);
            json.WriteNumber("x", ExpiresMs);
            json.WriteEndObject();
        }

        CryptographicOperations.ZeroMemory(key);
        return Base64Url.EncodeToString(buffer.Written.Span);
    }

    /// <summary>Reads a text a person pasted or scanned; false for anything else. What is read from it is wiped, but for the key in the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out InvitePayload? payload)
    {
        payload = null;
        if (text.Length is 0 or > TextLengthMax)
            return false;

        // By its status: what Base64Url.IsValid finds valid, the decoding that throws may still throw at.
        using var json = new WipedBuffer(Base64Url.GetMaxDecodedLength(text.Length));
        if (Base64Url.DecodeFromChars(text, json.GetSpan(), out int read, out int decoded) != OperationStatus.Done || read != text.Length)
            return false;

        json.Advance(decoded);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.Written);
            payload = Read(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // JSON can hold what is no text, bytes or half a surrogate pair: that shows only when it is read.
            return false;
        }

        return payload is not null;
    }

    public void Dispose() => Key.Dispose();

    private static InvitePayload? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("v", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != Version
            || !root.TryGetProperty("r", out JsonElement list) || ReadRelays(list) is not { } relays
            || !TryReadBytes(root, "l", LookupId.Size, out byte[] lookup)
            || !root.TryGetProperty("x", out JsonElement expiry) || expiry.ValueKind != JsonValueKind.Number || !expiry.TryGetInt64(out long expiresMs)
            || !root.TryGetProperty("k", out JsonElement text) || ReadKey(text) is not { } key)
        {
            return null;
        }

        return new InvitePayload(relays, LookupId.Read(lookup), key, expiresMs);
    }

    // From the JSON's own bytes: asked for as text, the key would become a string that nobody can wipe. Its characters are never escaped.
    private static SecretBytes? ReadKey(JsonElement text)
    {
        if (text.ValueKind != JsonValueKind.String)
            return null;

        SecretBytes key = SecretBytes.Create(XChaCha20Poly1305.KeyBytes);
        ReadOnlySpan<byte> encoded = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        if (Base64Url.DecodeFromUtf8(encoded, key.Writable, out int read, out int decoded) == OperationStatus.Done && read == encoded.Length && decoded == key.Length)
            return key;

        key.Dispose();
        return null;
    }

    private static List<RelayAddress>? ReadRelays(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is < 1 or > SyncClientOptions.MaxRelays)
            return null;

        var relays = new List<RelayAddress>();
        foreach (JsonElement pair in list.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() < 2
                || pair[0].ValueKind != JsonValueKind.String
                || !TryReadBytes(pair[1], RelayId.Size, out byte[] id)
                || !RelayAddress.TryParse(pair[0].GetString(), RelayId.Read(id), out RelayAddress? address))
            {
                return null;
            }

            relays.Add(address);
        }

        return relays;
    }

    private static bool TryReadBytes(JsonElement root, string name, int length, out byte[] bytes)
    {
        bytes = [];
        return root.TryGetProperty(name, out JsonElement element) && TryReadBytes(element, length, out bytes);
    }

    private static bool TryReadBytes(JsonElement element, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        return element.ValueKind == JsonValueKind.String
            && element.GetString() is { } text
            && Base64Url.DecodeFromChars(text, bytes, out int read, out int decoded) == OperationStatus.Done
            && read == text.Length
            && decoded == length;
    }
}
