namespace ZeroKSync.Cryptography;

/// <summary>
/// Every label that separates one use of a key or hash from the others, each written once. They are ASCII, part of the wire, and
/// never change under a version.
/// </summary>
public static class Labels
{
    /// <summary>Salt of the derivation from an epoch's group secret.</summary>
    public static ReadOnlySpan<byte> GroupKeySalt => "0k-sync-group-key-v1"u8;

    /// <summary>Info: the sync key, which seals blobs and cards.</summary>
    public static ReadOnlySpan<byte> SyncKey => "encryption"u8;

    /// <summary>Info: the admission seed (Ed25519).</summary>
    public static ReadOnlySpan<byte> AdmissionSeed => "authentication"u8;

    /// <summary>Salt of the derivation that the Rust original used for content.</summary>
    public static ReadOnlySpan<byte> ImportedContentSalt => "0k-sync-content-v1"u8;

    /// <summary>End of the info of the same.</summary>
    public static ReadOnlySpan<byte> ImportedContentKey => "content-encryption"u8;

    /// <summary>Before the origin admission key: its hash is the group id.</summary>
    public static ReadOnlySpan<byte> GroupId => "zks-group-id-v1"u8;

    /// <summary>Name of the handshake. Longer than a hash: Noise starts from its SHA-256.</summary>
    public static ReadOnlySpan<byte> Handshake => "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256"u8;

    /// <summary>Start of the prologue of a session's first handshake.</summary>
    public static ReadOnlySpan<byte> Prologue => "zks/1"u8;

    /// <summary>Start of the prologue of a handshake inside a session.</summary>
    public static ReadOnlySpan<byte> RekeyPrologue => "zks/1 rekey"u8;

    /// <summary>Info: the key of one stream and direction.</summary>
    public static ReadOnlySpan<byte> Stream => "zks/1 stream"u8;

    /// <summary>Signed in HELLO.</summary>
    public static ReadOnlySpan<byte> Hello => "zks/1 hello"u8;

    /// <summary>Device card: its key and its associated data.</summary>
    public static ReadOnlySpan<byte> Card => "zks/1 card"u8;

    /// <summary>Blob: its keys and its associated data.</summary>
    public static ReadOnlySpan<byte> Blob => "zks/1 blob"u8;

    /// <summary>Hash that links a sender's blobs.</summary>
    public static ReadOnlySpan<byte> Link => "zks/1 link"u8;

    /// <summary>Associated data of a group record sealed for an invite.</summary>
    public static ReadOnlySpan<byte> Invite => "zks/1 invite"u8;

    /// <summary>Associated data of a group record handed over after pairing.</summary>
    public static ReadOnlySpan<byte> Handover => "zks/1 handover"u8;

    /// <summary>Lookup id of a short code.</summary>
    public static ReadOnlySpan<byte> ShortCode => "zks/1 code"u8;

    /// <summary>Hash over the devices that stay at a rotation.</summary>
    public static ReadOnlySpan<byte> Members => "zks/1 members"u8;

    /// <summary>Hash of a rotation statement.</summary>
    public static ReadOnlySpan<byte> Statement => "zks/1 statement"u8;

    /// <summary>Signed with a rotation statement.</summary>
    public static ReadOnlySpan<byte> Rotate => "zks/1 rotate"u8;

    /// <summary>Key that wraps a group secret for one device.</summary>
    public static ReadOnlySpan<byte> Wrap => "zks/1 wrap"u8;

    /// <summary>Older group secret on the device that keeps it: its key and its associated data.</summary>
    public static ReadOnlySpan<byte> Kept => "zks/1 kept"u8;

    /// <summary>Signed to delete a blob.</summary>
    public static ReadOnlySpan<byte> Delete => "zks/1 delete"u8;
}
