using System.Security.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Who may make groups at this relay. Validated at start. Members of a group that is here are not asked anything of it.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Most entries of each list.</summary>
    public const int EntriesMax = 100_000;

    /// <summary>Open, Token, List or Webhook. Default Open.</summary>
    public AdmissionMode Mode { get; set; }

    /// <summary>For Token: the SHA-256 of each token's bytes, in hex. What a client brings is compared with them; the tokens themselves are not kept here.</summary>
    public string[] TokenHashes { get; set; } = [];

    /// <summary>For List: group ids, in hex.</summary>
    public string[] Groups { get; set; } = [];

    /// <summary>For List: device ids, in hex. Each may make any group.</summary>
    public string[] Devices { get; set; } = [];

    /// <summary>
    /// For Webhook: where to POST <c>{"group_id","device_id","address","token"}</c> (hex, hex, text, base64 or null). 200 and 204 are a yes,
    /// anything else a no. https, or http to this machine.
    /// </summary>
    public Uri? WebhookUrl { get; set; }

    /// <summary>How long the webhook may take; then it is a no. 100 ms to 10 s, default 2 s.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Questions at once; one more is a no. 1 to 1,000, default 16.</summary>
    public int WebhookCallsMax { get; set; } = 16;

    /// <summary>How long a yes is remembered; a no is for a tenth of it. 0 to 1 h, default 1 min.</summary>
    public TimeSpan WebhookRemember { get; set; } = TimeSpan.FromMinutes(1);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        Each(TokenHashes, nameof(TokenHashes), Mode == AdmissionMode.Token, text => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit));
        Each(Groups, nameof(Groups), Mode == AdmissionMode.List && Devices.Length == 0, text => GroupId.TryParseHex(text, out _));
        Each(Devices, nameof(Devices), isNeeded: false, text => DeviceId.TryParseHex(text, out _));
        if (Mode == AdmissionMode.Webhook && WebhookUrl is not { IsAbsoluteUri: true })
            throw new ArgumentOutOfRangeException(nameof(WebhookUrl), $"{nameof(WebhookUrl)} must be an address for the mode {Mode}.");

        if (WebhookUrl is { } url && !(url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))))
            throw new ArgumentOutOfRangeException(nameof(WebhookUrl), $"{nameof(WebhookUrl)} must be https, or http to this machine.");

        InRange(WebhookTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), nameof(WebhookTimeout));
        InRange(WebhookCallsMax, 1, 1_000, nameof(WebhookCallsMax));
        InRange(WebhookRemember, TimeSpan.Zero, TimeSpan.FromHours(1), nameof(WebhookRemember));
    }

    // The values are not in the messages: they are ids.
    private static void Each(string[] values, string name, bool isNeeded, Func<string, bool> isValid)
    {
        if (values.Length > EntriesMax || !values.All(isValid))
            throw new ArgumentOutOfRangeException(name, $"{name} must be at most {EntriesMax} ids in hex.");

        if (isNeeded && values.Length == 0)
            throw new ArgumentOutOfRangeException(name, $"{name} must not be empty in this mode: nobody could make a group.");
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}
