using OpenTelemetry;
using OpenTelemetry.Metrics;
using ZeroKSync.Gateway.Telemetry;

namespace ZeroKSync.Gateway.Http.Status;

/// <summary>Reads this project's instruments when it is asked to: the same figures that <c>/metrics</c> shows.</summary>
public sealed class StatusFigures : IDisposable
{
    private const string MeterPrefix = "ZeroKSync.";
    private const string PushDuration = "zks.gateway.push_duration";
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Exporter _exporter = new();

    public StatusFigures(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        Reader = new BaseExportingMetricReader(_exporter);
    }

    /// <summary>To be added to the meter provider, which disposes it.</summary>
    public MetricReader Reader { get; }

    /// <summary>One caller at a time.</summary>
    public FigureReading Read()
    {
        _exporter.Begin();
        Reader.Collect();
        return new FigureReading(_time.GetElapsedTime(_start), [.. _exporter.Series], [.. _exporter.PushBuckets]);
    }

    public void Dispose() => Reader.Dispose();

    private sealed class Exporter : BaseExporter<Metric>
    {
        public List<FigureSeries> Series { get; } = [];

        public long[] PushBuckets { get; } = new long[LatencyBuckets.Seconds.Count + 1];

        public void Begin()
        {
            Series.Clear();
            Array.Clear(PushBuckets);
        }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (Metric metric in batch)
            {
                if (!metric.MeterName.StartsWith(MeterPrefix, StringComparison.Ordinal))
                    continue;

                foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
                    Take(metric, point);
            }

            return ExportResult.Success;
        }

        private void Take(Metric metric, in MetricPoint point)
        {
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    Add(metric, point, point.GetSumLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    Add(metric, point, point.GetSumDouble());
                    break;
                case MetricType.LongGauge:
                    Add(metric, point, point.GetGaugeLastValueLong());
                    break;
                case MetricType.DoubleGauge:
                    Add(metric, point, point.GetGaugeLastValueDouble());
                    break;
                case MetricType.Histogram when metric.Name == PushDuration:
                    int i = 0;
                    foreach (HistogramBucket bucket in point.GetHistogramBuckets())
                        PushBuckets[i++] += bucket.BucketCount;

                    break;
            }
        }

        private void Add(Metric metric, in MetricPoint point, double value)
        {
            string? label = null;
            foreach (KeyValuePair<string, object?> tag in point.Tags)
                label = label is null ? $"{tag.Value}" : $"{label}, {tag.Value}";

            Series.Add(new FigureSeries(metric.Name, label, metric.Unit, value));
        }
    }
}
