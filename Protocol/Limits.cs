namespace ZeroKSync.Protocol;

/// <summary>Every bound of the wire. What a relay may set lower it says in WELCOME.</summary>
public static class Limits
{
    /// <summary>The one version of the wire there is.</summary>
    public const byte Version = 1;

    /// <summary>ALPN of the wire (RFC 7301).</summary>
    public const string Alpn = "zks/1";

    /// <summary>Body of a frame until WELCOME, from either side: HELLO with its longest chain fits, and nothing bigger is needed.</summary>
    public const int FrameBytesBeforeWelcome = 40 << 10;

    /// <summary>Body of a frame in a session, from either side.</summary>
    public const int FrameBytes = (1 << 20) + (4 << 10);

    /// <summary>Envelope of a blob: header and ciphertext.</summary>
    public const int EnvelopeBytes = 1 << 20;

    /// <summary>Encoded entries of one page.</summary>
    public const int PageBytes = 1 << 20;

    /// <summary>Entries of one page.</summary>
    public const int PageEntries = 1000;

    /// <summary>Entries of a page when PULL names no limit.</summary>
    public const int PageEntriesDefault = 100;

    /// <summary>The rotation chain in HELLO, as encoded.</summary>
    public const int ChainBytes = 32 << 10;

    /// <summary>Statements of a chain: as many of the shortest, which revoke nobody, as <see cref="ChainBytes"/> hold with their heads and signatures.</summary>
    public const int ChainStatements = (ChainBytes - 3) / (1 + 2 + StatementBytesMin + 2 + SignatureBytes);

    /// <summary>One rotation statement that revokes nobody: its fixed fields.</summary>
    public const int StatementBytesMin = 165;

    /// <summary>One rotation statement: its fixed fields and 255 revoked devices.</summary>
    public const int StatementBytes = StatementBytesMin + (255 * 33);

    public const int SignatureBytes = 64;

    public const int DeviceCardBytes = 4096;

    public const int AdmissionTokenBytes = 512;

    /// <summary>A record sealed for an invite or a handover.</summary>
    public const int SealedRecordBytes = 36 << 10;

    public const int PakeBytes = 4096;

    /// <summary>A group secret wrapped for one device.</summary>
    public const int WrapBytes = 2048;

    public const int WakeTokenBytes = 4096;

    public const int TextBytes = 256;

    /// <summary>A handshake message carried by REKEY.</summary>
    public const int RekeyBytes = 1216;

    /// <summary>Devices of a group that a list can name, the revoked ones left out.</summary>
    public const int Devices = 64;

    /// <summary>Rotations in one answer: as many as a chain can hold.</summary>
    public const int Rotations = ChainStatements;

    /// <summary>Numbers in an ERROR.</summary>
    public const int ErrorDetails = 4;

    /// <summary>PUSHes that wait for their answer, per relay.</summary>
    public const int PushesInFlight = 1024;

    /// <summary>HELLOs of one session before it is welcome.</summary>
    public const int Hellos = 3;

    /// <summary>Life of an invite.</summary>
    public const uint InviteSeconds = 86_400;

    /// <summary>A repeat of a push is recognised this many sequences back, per sender.</summary>
    public const int SenderRing = 1024;
}
