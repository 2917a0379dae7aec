using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZeroKSync.Gateway.Http.Status;
using ZeroKSync.Gateway.Quic;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Http;

/// <summary>What a relay answers over HTTP: for its operator, and one page for everyone.</summary>
public static class HttpEndpoints
{
    /// <summary>The one page for everyone.</summary>
    public const string PublicPath = "/.well-known/zks";

    /// <param name="routes">Of the HTTP server.</param>
    /// <param name="services">The relay's id.</param>
    /// <param name="listener">Where devices reach it.</param>
    /// <param name="readiness">Whether newcomers can be served.</param>
    /// <param name="status">The page for people.</param>
    /// <param name="publicAddress">HOST:PORT for devices; null where the operator has not said.</param>
    public static void MapRelay(this IEndpointRouteBuilder routes, GatewayServices services, RelayListener listener, Readiness readiness, StatusPage status, string? publicAddress)
    {
        // Alive means that this answers. It asks nothing: a slow disk must not get a relay killed.
        routes.MapGet("/health/live", () => Results.Text("live\n"));
        routes.MapGet("/health/ready", async () =>
        {
            IReadOnlyList<string> obstacles = await readiness.ObstaclesAsync();
            return obstacles.Count == 0
                ? Results.Text("ready\n")
                : Results.Text($"not ready: {string.Join(", ", obstacles)}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        });
        routes.MapPrometheusScrapingEndpoint("/metrics");
        routes.MapGet(PublicPath, () => Results.Json(new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["relay_id"] = services.RelayId.ToHex(),
            ["versions"] = new[] { (int)Limits.Version },
            ["port"] = listener.LocalEndPoint?.Port ?? 0,
            ["address"] = publicAddress,
        }));
        status.Map(routes);
    }
}
