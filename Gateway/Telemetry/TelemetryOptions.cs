using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;

namespace ZeroKSync.Gateway.Telemetry;

/// <summary>What a relay says about itself, and where to. No setting makes it say an id, a name or an address. Validated at start.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// The least severe of the relay's own lines to be written: `Trace`, `Debug`, `Information`, `Warning`, `Error`, `Critical` or `None`. What lies
    /// underneath is written from `Warning` on, or from this level where that is lower, as number, level and type alone.
    /// </summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>`Text` for a terminal or journal, `Json` for one object a line.</summary>
    public LogFormat LogFormat { get; set; }

    /// <summary>Where metrics are sent by OTLP: `http://HOST:PORT` or `https://HOST:PORT`. Without it none are sent.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>
    /// Where spans are sent by OTLP, in the same protocol and with the same headers: of pushes, reads and deliveries, from the stream to storage, with
    /// counts and no id. Without it none are made. With `HttpProtobuf` it has its path: `http://HOST:PORT/v1/traces`.
    /// </summary>
    public string? OtlpTracesEndpoint { get; set; }

    /// <summary>The share of them that is made and sent: each costs the relay some microseconds. 0 to 1, default 0.01.</summary>
    public double TraceShare { get; set; } = 0.01;

    /// <summary>`Grpc`, or `HttpProtobuf`, where the endpoint has its path: `http://HOST:PORT/v1/metrics`.</summary>
    public OtlpExportProtocol OtlpProtocol { get; set; }

    /// <summary>Headers for the receiver, `name=value` with commas between, such as its token. A secret: not taken from the command line.</summary>
    [Secret]
    public string? OtlpHeaders { get; set; }

    /// <summary>Time between two exports. 1 s to 1 h, default 1 min.</summary>
    public TimeSpan OtlpInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        if (OtlpInterval < TimeSpan.FromSeconds(1) || OtlpInterval > TimeSpan.FromHours(1))
            throw new ArgumentOutOfRangeException(nameof(OtlpInterval), OtlpInterval, $"{nameof(OtlpInterval)} must be between 1 second and 1 hour.");

        if (!(TraceShare >= 0 && TraceShare <= 1))
            throw new ArgumentOutOfRangeException(nameof(TraceShare), TraceShare, $"{nameof(TraceShare)} must be between 0 and 1.");

        RequireAddress(OtlpEndpoint, nameof(OtlpEndpoint));
        RequireAddress(OtlpTracesEndpoint, nameof(OtlpTracesEndpoint));
    }

    private static void RequireAddress(string? endpoint, string name)
    {
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            throw new ArgumentOutOfRangeException(name, endpoint, $"{name} must be http://HOST:PORT or https://HOST:PORT.");
    }
}
