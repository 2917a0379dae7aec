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

        if (OtlpEndpoint is not null && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            throw new ArgumentOutOfRangeException(nameof(OtlpEndpoint), OtlpEndpoint, $"{nameof(OtlpEndpoint)} must be http://HOST:PORT or https://HOST:PORT.");
    }
}
