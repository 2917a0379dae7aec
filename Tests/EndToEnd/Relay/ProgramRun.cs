using System.Diagnostics;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A program run to its end: what it wrote and how it ended.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    public static Task<ProgramRun> RunAsync(string program, string input, params IEnumerable<string> arguments) =>
        RunAsync(program, input, new Dictionary<string, string>(), arguments);

    /// <param name="environment">Beside this process's own.</param>
    public static async Task<ProgramRun> RunAsync(string program, string input, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The program could not be started.");
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(Bounded.Token());
            Task<string> error = process.StandardError.ReadToEndAsync(Bounded.Token());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(Bounded.Token());
            return new ProgramRun(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
