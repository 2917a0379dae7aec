using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ZeroKSync.Gateway.Http.Status;

namespace ZeroKSync.Gateway.Telemetry;

/// <summary>Where this project's instruments go: to <c>/metrics</c>, to <c>/status</c>, and by option to an OTLP receiver.</summary>
public static class RelayMetrics
{
    /// <summary>Series of one instrument; more would mean an unbounded label somewhere, and are counted as one.</summary>
    public const int SeriesMax = 100;

    // Not every scrape waits for the one before; on its own port nobody but the operator asks.
    private const int CacheMs = 0;

    public static void AddRelayMetrics(this IServiceCollection services, TelemetryOptions options)
    {
        services.AddSingleton<StatusFigures>();
        services.AddSingleton<StatusHistory>();
        services.AddHostedService<StatusSampler>();
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("zks-relay", serviceVersion: Version)).WithMetrics(metrics =>
        {
            metrics.AddMeter("ZeroKSync.*", "System.Runtime");
            metrics.AddView(instrument => IsHistogram(instrument)
                ? new ExplicitBucketHistogramConfiguration { Boundaries = [.. LatencyBuckets.Seconds], CardinalityLimit = SeriesMax }
                : new MetricStreamConfiguration { CardinalityLimit = SeriesMax });
            metrics.AddPrometheusExporter(prometheus =>
            {
                // One relay, one page: the scopes' and target's labels would only repeat themselves on each line.
                prometheus.ScopeInfoEnabled = false;
                prometheus.TargetInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = CacheMs;
            });
            metrics.AddReader(provider => provider.GetRequiredService<StatusFigures>().Reader);
            if (options.OtlpEndpoint is { } endpoint)
            {
                metrics.AddOtlpExporter((exporter, reader) =>
                {
                    exporter.Endpoint = new Uri(endpoint);
                    exporter.Protocol = options.OtlpProtocol;
                    exporter.Headers = options.OtlpHeaders;
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = checked((int)options.OtlpInterval.TotalMilliseconds);
                });
            }
        });
        if (options.OtlpTracesEndpoint is { } traces)
            telemetry.WithTracing(tracing => AddTracing(tracing, options, traces));
    }

    // This project's own sources and no other: the runtime's and the driver's name grains and statements.
    private static void AddTracing(TracerProviderBuilder tracing, TelemetryOptions options, string endpoint)
    {
        tracing.AddSource("ZeroKSync.Gateway", "ZeroKSync.Grains", "ZeroKSync.Storage");
        tracing.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)));
        tracing.AddOtlpExporter(exporter =>
        {
            exporter.Endpoint = new Uri(endpoint);
            exporter.Protocol = options.OtlpProtocol;
            exporter.Headers = options.OtlpHeaders;
        });
    }

    /// <summary>This build's.</summary>
    public static string Version => typeof(RelayMetrics).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static bool IsHistogram(Instrument instrument) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);
}
