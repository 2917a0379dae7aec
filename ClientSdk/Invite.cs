namespace ZeroKSync.Client;

/// <summary>
/// A single-use key to the group: whoever has the link first can join. Show it, do not store or log it. It is a string, since people and
/// codes carry it, so it cannot be wiped from memory; a claimed or expired link opens nothing.
/// </summary>
public sealed class Invite
{
    private readonly Func<byte[]> _renderPng;
    private readonly Func<string> _renderText;

    internal Invite(string id, string link, DateTimeOffset expiresAt, Func<string> renderText, Func<byte[]> renderPng)
    {
        Id = id;
        Link = link;
        ExpiresAt = expiresAt;
        _renderText = renderText;
        _renderPng = renderPng;
    }

    /// <summary>Names the invite for <see cref="SyncClient.CancelInviteAsync"/>; opens nothing.</summary>
    public string Id { get; }

    /// <summary>The secret: what the other device gives to <see cref="SyncClient.JoinAsync"/>.</summary>
    public string Link { get; }

    /// <summary>When the relay forgets it.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The link as a QR code of block characters, for a terminal.</summary>
    public string ToQrText() => _renderText();

    /// <summary>The link as a QR code, a PNG file's bytes.</summary>
    public byte[] ToQrPng() => _renderPng();

    /// <summary>Never the link.</summary>
    public override string ToString() => "Invite[redacted]";
}
