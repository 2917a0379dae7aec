namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>Runs a target: what was found before first, then new inputs. An input that breaks a promise is made small and written to a file.</summary>
internal static class Fuzzer
{
    public static void Run(FuzzTarget target)
    {
        string[] broken = [.. Regressions.Of(target.Name).Where(known => Break(target, known.Input) is not null).Select(known => known.File)];
        if (broken.Length > 0)
            Assert.Fail($"{target.Name} breaks again: {string.Join(' ', broken)}");

        foreach ((int round, Random random) in FuzzPlan.Rounds(target.Name))
        {
            byte[] input = target.Generate(random);
            if (Break(target, input) is not { } found)
                continue;

            byte[] small = Minimiser.Minimise(input, candidate => Break(target, candidate)?.GetType() == found.GetType());
            string file = Regressions.Keep(target.Name, small, $"seed {FuzzPlan.Seed}, round {round}: {found.GetType().Name}");
            Assert.Fail($"{target.Name}, ZKS_SEED={FuzzPlan.Seed}, round {round}, input in {file}: {found}");
        }
    }

    private static Exception? Break(FuzzTarget target, byte[] input)
    {
        try
        {
            Check(target, input);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception;
        }
    }

    private static void Check(FuzzTarget target, byte[] input)
    {
        long bound = target.AllocatedBytes + ((long)input.Length * target.AllocatedBytesPerByte);
        long allocated = Take(target, input, out object? accepted);
        // Once more: what the first of all calls made for good is there now.
        if (allocated > bound && (allocated = Take(target, input, out accepted)) > bound)
            throw new BrokenPromiseException($"{allocated} bytes allocated for {input.Length}; at most {bound} are allowed");

        if (accepted is not null)
            target.Verify(input, accepted);
    }

    private static long Take(FuzzTarget target, byte[] input, out object? accepted)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        accepted = target.Take(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
