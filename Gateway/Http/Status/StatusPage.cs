using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Gateway.Telemetry;

namespace ZeroKSync.Gateway.Http.Status;

/// <summary>
/// <c>/status</c>, for people: three files of this assembly and the figures they ask for. Nothing comes from elsewhere, nothing can be
/// changed by it, and no id of a group or device is in it.
/// </summary>
/// <param name="services">The sessions.</param>
/// <param name="history">The last minutes.</param>
/// <param name="readiness">What stands in the way.</param>
/// <param name="preset">Of the limits.</param>
public sealed class StatusPage(GatewayServices services, StatusHistory history, Readiness readiness, string preset)
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private readonly long _start = services.Time.GetTimestamp();

    public void Map(IEndpointRouteBuilder routes)
    {
        MapFile(routes, "/status", "status.html", "text/html; charset=utf-8");
        MapFile(routes, "/status/status.css", "status.css", "text/css; charset=utf-8");
        MapFile(routes, "/status/status.js", "status.js", "text/javascript; charset=utf-8");
        routes.MapGet("/status/data", async (HttpContext context) =>
        {
            Harden(context.Response);
            return Results.Json(await ReportAsync(), Json);
        });
    }

    private async Task<StatusReport> ReportAsync()
    {
        StatusTimeline timeline = history.Read();
        return new StatusReport
        {
            Version = RelayMetrics.Version,
            RelayId = services.RelayId.ToHex(),
            Preset = preset,
            UptimeS = (long)services.Time.GetElapsedTime(_start).TotalSeconds,
            Obstacles = await readiness.ObstaclesAsync(),
            Sessions = services.Limits.Sessions,
            SessionsMax = services.Options.SessionsMax,
            IntervalS = StatusHistory.Interval.TotalSeconds,
            PushesTotal = (long)(timeline.Last?.Sum("zks.gateway.pushes") ?? 0),
            DeliveredTotal = (long)(timeline.Last?.Sum("zks.gateway.delivered_entries") ?? 0),
            Points = timeline.Points,
            Refusals = timeline.Refusals,
            Storage = [.. timeline.Last?.Series.Where(series => series.Instrument.StartsWith("zks.storage.", StringComparison.Ordinal)) ?? []],
        };
    }

    private static void MapFile(IEndpointRouteBuilder routes, string path, string name, string type)
    {
        using Stream stream = typeof(StatusPage).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        routes.MapGet(path, (HttpContext context) =>
        {
            Harden(context.Response);
            return Results.Bytes(bytes, type);
        });
    }

    private static void Harden(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
    }
}
