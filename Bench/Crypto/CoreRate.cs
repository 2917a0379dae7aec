using System.Diagnostics;

namespace ZeroKSync.Bench.Crypto;

/// <summary>What one core does: calls a second of processor time, which a busy machine does not change much, and of the wall's clock.</summary>
internal readonly record struct CoreRate(double PerProcessorSecond, double PerSecond, double BytesPerCall)
{
    /// <summary>Repeats a call until it has used up <paramref name="length"/> of processor time, once at least.</summary>
    public static CoreRate Of(Action call, TimeSpan length)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        int calls = 0;
        int step = 1;
        TimeSpan processor;
        do
        {
            for (int i = 0; i < step; i++)
                call();

            calls += step;
            processor = Environment.CpuUsage.TotalTime - before;

            // The question costs a system call: short calls are asked about in ever larger numbers.
            if (processor < length / 20)
                step *= 2;
        }
        while (processor < length);

        return new CoreRate(calls / processor.TotalSeconds, calls / watch.Elapsed.TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / calls);
    }
}
