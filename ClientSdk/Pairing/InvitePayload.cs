using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
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

    public string Encode()
    {
        using var buffer = new MemoryStream();
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
            json.WriteString("k", Base64Url.EncodeToString(Key.Span));
            json.WriteNumber("x", ExpiresMs);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Reads a text a person pasted or scanned; false for anything else.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out InvitePayload? payload)
    {
        payload = null;
        if (text.Length is 0 or > TextLengthMax)
            return false;

        // By its status: what Base64Url.IsValid finds valid, the decoding that throws may still throw at.
        byte[] json = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, json, out int read, out int decoded) != OperationStatus.Done || read != text.Length)
            return false;

        try
        {
            using JsonDocument document = JsonDocument.Parse(json.AsMemory(0, decoded));
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
            || !TryReadBytes(root, "k", XChaCha20Poly1305.KeyBytes, out byte[] key))
        {
            return null;
        }

        SecretBytes secret = SecretBytes.CopyFrom(key);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        return new InvitePayload(relays, LookupId.Read(lookup), secret, expiresMs);
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
