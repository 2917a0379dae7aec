using System.Diagnostics;

namespace ZeroKSync.Bench.Transport;

/// <summary>One measured stretch: what was done, how long it took, and what it cost this process.</summary>
internal readonly record struct Measure(double Count, TimeSpan Elapsed, TimeSpan Processor, long AllocatedBytes)
{
    public double PerSecond => Count / Elapsed.TotalSeconds;

    public double ProcessorMicroseconds => Processor.TotalMicroseconds / Count;

    public double BytesPerOperation => AllocatedBytes / Count;

    public static async Task<Measure> OfAsync(Func<Task<long>> work)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        long count = await work();
        TimeSpan elapsed = watch.Elapsed;
        process.Refresh();
        return new Measure(count, elapsed, process.TotalProcessorTime - before, GC.GetTotalAllocatedBytes() - allocated);
    }
}
