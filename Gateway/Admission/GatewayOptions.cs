namespace ZeroKSync.Gateway.Admission;

/// <summary>What a gateway lets in and how much of it. Validated at start.</summary>
public sealed class GatewayOptions
{
    /// <summary>Sessions at once, counted before HELLO. 1 to 1,000,000, default 10,000.</summary>
    public int SessionsMax { get; set; } = 10_000;

    /// <summary>Sessions at once from one address. 1 to 1,000,000, default 100.</summary>
    public int SessionsPerAddressMax { get; set; } = 100;

    /// <summary>Sessions from one address that have not said HELLO yet. 1 to 1,000,000, default 10.</summary>
    public int HandshakesPerAddressMax { get; set; } = 10;

    /// <summary>Pushes a device may send a second, in the long run. 0.01 to 1,000,000, default 50.</summary>
    public double MessagesPerSecond { get; set; } = 50;

    /// <summary>Pushes a device may send at once: weeks of an offline outbox. 1 to 10,000,000, default 20,000.</summary>
    public double MessagesBurst { get; set; } = 20_000;

    /// <summary>Requests other than pushes a device may make a second, in the long run; more are refused. 0.1 to 1,000,000, default 200.</summary>
    public double RequestsPerSecond { get; set; } = 200;

    /// <summary>Such requests a device may make at once. 10 to 10,000,000, default 2,000.</summary>
    public double RequestsBurst { get; set; } = 2_000;

    /// <summary>Pushes of all devices a second, in the long run: what this machine is to store. 1 to 100,000,000, default 50,000.</summary>
    public double MessagesPerSecondAll { get; set; } = 50_000;

    /// <summary>Pushes of all devices at once. 1 to 100,000,000, default 200,000.</summary>
    public double MessagesBurstAll { get; set; } = 200_000;

    /// <summary>
    /// Bytes in hand for all sessions together (long frames, pushes and pages under way) above which nothing new is begun. 4 MiB to 64 GiB,
    /// default 256 MiB.
    /// </summary>
    public long BytesInHandMax { get; set; } = 256L << 20;

    /// <summary>HELLOs with the create flag from one address in an hour. 1 to 1,000,000, default 20.</summary>
    public int CreationsPerAddressPerHour { get; set; } = 20;

    /// <summary>For handshake and HELLO together, reading included. 100 ms to 60 s, default 10 s.</summary>
    public TimeSpan OpenDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which a session ends; keep-alives are no silence. 1 s to 10 min, default 5 min.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a JOIN session may take. 1 s to 1 h, default 5 min.</summary>
    public TimeSpan JoinDeadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a session is waited for inside a frame, for the request on a stream it opened, or to take an answer; and a second more for
    /// each 2 KiB of it. 100 ms to 10 min, default 30 s.
    /// </summary>
    public TimeSpan StreamDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Frames of one direction of a session, over its streams, after which the relay asks for new keys. 1,000 to 1,048,576, default the most.</summary>
    public long RekeyFrames { get; set; } = Session.RekeyLimits.FramesSoftDefault;

    /// <summary>Age of a session's keys at which the relay asks for new ones. 1 s to 1 h, default 1 h.</summary>
    public TimeSpan RekeyAge { get; set; } = Session.RekeyLimits.AgeSoftDefault;

    /// <summary>
    /// How long a session's replaced keys wait for streams that have not moved to the new ones; then these are given up. A shorter time erases
    /// keys sooner and lets clients change them more often. 1 s to 60 s, default 60 s.
    /// </summary>
    public TimeSpan RekeyGrace { get; set; } = Session.RekeyLimits.ReplacedLifeDefault;

    /// <summary>How long a stop waits for what is in flight. 0 to 5 min, default 25 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The named sets of limits.</summary>
    /// <exception cref="ArgumentException">No preset has this name.</exception>
    public static GatewayOptions OfPreset(string name) => name switch
    {
        "default" => new GatewayOptions(),
        "hobby" => new GatewayOptions { SessionsMax = 500, SessionsPerAddressMax = 20, MessagesPerSecond = 100.0 / 60, MessagesBurst = 1_000, BytesInHandMax = 64L << 20 },
        "bench" => new GatewayOptions
        {
            SessionsPerAddressMax = 10_000,
            HandshakesPerAddressMax = 10_000,
            MessagesPerSecond = 1_000_000,
            MessagesBurst = 10_000_000,
            RequestsPerSecond = 1_000_000,
            RequestsBurst = 10_000_000,
            MessagesPerSecondAll = 100_000_000,
            MessagesBurstAll = 100_000_000,
            BytesInHandMax = 1L << 30,
            CreationsPerAddressPerHour = 1_000_000,
        },
        _ => throw new ArgumentException($"There is no preset '{name}': default, hobby and bench exist.", nameof(name)),
    };

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        InRange(SessionsMax, 1, 1_000_000, nameof(SessionsMax));
        InRange(SessionsPerAddressMax, 1, 1_000_000, nameof(SessionsPerAddressMax));
        InRange(HandshakesPerAddressMax, 1, 1_000_000, nameof(HandshakesPerAddressMax));
        InRange(MessagesPerSecond, 0.01, 1_000_000, nameof(MessagesPerSecond));
        InRange(MessagesBurst, 1, 10_000_000, nameof(MessagesBurst));
        InRange(RequestsPerSecond, 0.1, 1_000_000, nameof(RequestsPerSecond));
        InRange(RequestsBurst, 10, 10_000_000, nameof(RequestsBurst));
        InRange(MessagesPerSecondAll, 1, 100_000_000, nameof(MessagesPerSecondAll));
        InRange(MessagesBurstAll, 1, 100_000_000, nameof(MessagesBurstAll));
        InRange(BytesInHandMax, 4L << 20, 64L << 30, nameof(BytesInHandMax));
        InRange(CreationsPerAddressPerHour, 1, 1_000_000, nameof(CreationsPerAddressPerHour));
        InRange(OpenDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60), nameof(OpenDeadline));
        InRange(IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(IdleTimeout));
        InRange(JoinDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(JoinDeadline));
        InRange(StreamDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(StreamDeadline));
        InRange(RekeyFrames, 1_000, Session.RekeyLimits.FramesSoftDefault, nameof(RekeyFrames));
        InRange(RekeyAge, TimeSpan.FromSeconds(1), Session.RekeyLimits.AgeSoftDefault, nameof(RekeyAge));
        InRange(RekeyGrace, TimeSpan.FromSeconds(1), Session.RekeyLimits.ReplacedLifeDefault, nameof(RekeyGrace));
        InRange(DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5), nameof(DrainTimeout));
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}
