using System.CommandLine;
using ZeroKSync.Bench.MainJob;
using ZeroKSync.Bench.Push;

namespace ZeroKSync.Bench;

/// <summary>The command tree of the measurements.</summary>
internal static class BenchCommand
{
    public static RootCommand Create()
    {
        var relay = new Option<FileInfo>("--relay") { Description = "The relay's executable, zks-relay.", Required = true, Recursive = true };
        return new RootCommand("Runs a real relay on loopback and measures what it does for real clients.") { relay, MainJobCommand(relay), PushCommand(relay) };
    }

    private static Command MainJobCommand(Option<FileInfo> relay)
    {
        var command = new Command("main-job", "Two devices sync through a relay that is killed half-way; exit code 0 only if nothing is lost, doubled, out of order or readable.");
        command.SetAction((result, cancellationToken) => new MainJobRun(result.GetRequiredValue(relay), Console.Out).RunAsync(cancellationToken));
        return command;
    }

    private static Command PushCommand(Option<FileInfo> relay)
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each shape; the median counts.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 5 };
        var command = new Command("push", "Durable acknowledged pushes a second, and push-to-delivery latency, beside the machine's own sync rate.") { rounds, seconds };
        command.SetAction((result, cancellationToken) =>
            new PushBench(result.GetRequiredValue(relay), Console.Out, result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(seconds))).RunAsync(cancellationToken));
        return command;
    }
}
