using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZeroKSync.Gateway.Quic;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Http;

/// <summary>What a relay answers over HTTP: for its operator, and one page for everyone.</summary>
public static class HttpEndpoints
{
    /// <param name="isReady">Whether storage and cluster can be reached now.</param>
    public static void MapRelay(this IEndpointRouteBuilder routes, GatewayServices services, RelayListener listener, MetricsText metrics, Func<CancellationToken, Task<bool>> isReady)
    {
        // Alive means that this answers. It asks nothing: a slow disk must not get a relay killed.
        routes.MapGet("/health/live", () => Results.Text("live\n"));
        routes.MapGet("/health/ready", async (CancellationToken cancellationToken) =>
            listener.IsAccepting && await isReady(cancellationToken)
                ? Results.Text("ready\n")
                : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        routes.MapGet("/metrics", () => Results.Text(metrics.Write(), "text/plain; version=0.0.4"));
        routes.MapGet("/.well-known/zks", () => Results.Text(
            $"{{\"relay_id\":\"{services.RelayId.ToHex()}\",\"versions\":[{Limits.Version}],\"port\":{listener.LocalEndPoint?.Port ?? 0}}}\n", "application/json"));
    }
}
