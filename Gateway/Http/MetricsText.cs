using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace ZeroKSync.Gateway.Http;

/// <summary>
/// Listens to this project's instruments and writes them as Prometheus text (exposition format 0.0.4). Sums only, because the project has
/// nothing else to count; labels are those of the instruments, which are closed sets.
/// </summary>
public sealed class MetricsText : IDisposable
{
    private const string MeterPrefix = "ZeroKSync.";

    // More series than this would mean an unbounded label somewhere.
    private const int SeriesMax = 1000;

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Record);
        _listener.Start();
    }

    public string Write()
    {
        var text = new StringBuilder();
        string last = string.Empty;
        foreach ((string key, Series series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (series.Name != last)
            {
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {series.Name} {series.Kind}\n");
                last = series.Name;
            }

            text.Append(CultureInfo.InvariantCulture, $"{key} {series.Value}\n");
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        bool isCounter = instrument is Counter<long>;
        string name = instrument.Name.Replace('.', '_') + (isCounter ? "_total" : string.Empty);
        string key = name;
        foreach ((string label, object? content) in tags)
            key += string.Create(CultureInfo.InvariantCulture, $"{(key.Length == name.Length ? "{" : ",")}{label}=\"{content}\"");

        if (!tags.IsEmpty)
            key += "}";

        if (_series.Count < SeriesMax || _series.ContainsKey(key))
            _series.GetOrAdd(key, _ => new Series(name, isCounter ? "counter" : "gauge")).Add(value);
    }

    private sealed class Series(string name, string kind)
    {
        private long _value;

        public string Name => name;

        public string Kind => kind;

        public long Value => Interlocked.Read(ref _value);

        public void Add(long value) => Interlocked.Add(ref _value, value);
    }
}
