using System.CommandLine;
using ZeroKSync.Bench.Connect;
using ZeroKSync.Bench.Crypto;
using ZeroKSync.Bench.MainJob;
using ZeroKSync.Bench.Push;
using ZeroKSync.Bench.Relay;
using ZeroKSync.Bench.Transport;

namespace ZeroKSync.Bench;

/// <summary>The command tree of the measurements.</summary>
internal static class BenchCommand
{
    public static RootCommand Create()
    {
        var relay = new Option<FileInfo>("--relay") { Description = "The relay's executable, zks-relay.", Required = true };
        return new RootCommand("Measures the relay and its parts on this machine, beside something named.") { MainJobCommand(relay), PushCommand(relay), ConnectCommand(relay), RelayCommand(relay), TransportCommand(), CryptoCommand(), EchoListenerCommand() };
    }

    private static Command MainJobCommand(Option<FileInfo> relay)
    {
        var command = new Command("main-job", "Two devices sync through a relay that is killed half-way; exit code 0 only if nothing is lost, doubled, out of order or readable.") { relay };
        command.SetAction((result, cancellationToken) => new MainJobRun(result.GetRequiredValue(relay), Console.Out).RunAsync(cancellationToken));
        return command;
    }

    private static Command PushCommand(Option<FileInfo> relay)
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each shape; the median counts.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 5 };
        var command = new Command("push", "Durable acknowledged pushes a second, and push-to-delivery latency, beside the machine's own sync rate.") { relay, rounds, seconds };
        command.SetAction((result, cancellationToken) =>
            new PushBench(result.GetRequiredValue(relay), Console.Out, result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(seconds))).RunAsync(cancellationToken));
        return command;
    }

    private static Command ConnectCommand(Option<FileInfo> relay)
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each line; the median counts.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 3 };
        var command = new Command("connect", "Connects of members until WELCOME, with the relay's share of the processor, beside bare QUIC handshakes; exit code 1 if a target is missed.") { relay, rounds, seconds };
        command.SetAction((result, cancellationToken) =>
            new ConnectBench(result.GetRequiredValue(relay), Console.Out, result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(seconds))).RunAsync(cancellationToken));
        return command;
    }

    private static Command RelayCommand(Option<FileInfo> relay)
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each line; the contestants take turns and the median counts.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 2 };
        var isLong = new Option<bool>("--long") { Description = "A million blobs, 10,000 groups, 2,000 idle sessions; else a tenth and less." };
        var only = new Option<RelayLine[]>("--only") { Description = "Lines to measure; all where none is named.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var without = new Option<string[]>("--without") { Description = "Contestants to leave out: relay-postgres, redis, postgres.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var command = new Command("relay", "The relay beside Redis streams and PostgreSQL at the same work; exit code 1 if a bound is missed.") { relay, rounds, seconds, isLong, only, without };
        command.SetAction((result, cancellationToken) => new RelayBench(
            result.GetRequiredValue(relay),
            Console.Out,
            new RelayBenchOptions(result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(isLong), result.GetValue(only) ?? [], result.GetValue(without) ?? []))
            .RunAsync(cancellationToken));
        return command;
    }

    private static Command TransportCommand()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each line; the median counts.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 3 };
        var reference = new Option<FileInfo?>("--reference") { Description = "An assembly that measures the same and is run between the rounds." };
        var only = new Option<TransportLine[]>("--only") { Description = "Lines to measure; all where none is named.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var command = new Command("transport", "Requests, bulk, handshakes and memory of the QUIC engine alone, client and listener on this machine.") { rounds, seconds, reference, only };
        command.SetAction((result, cancellationToken) => new TransportBench(
            Console.Out,
            result.GetValue(rounds),
            TimeSpan.FromSeconds(result.GetValue(seconds)),
            result.GetValue(reference) is { } assembly ? new ReferenceProgram(assembly) : null,
            result.GetValue(only) ?? []).RunAsync(cancellationToken));
        return command;
    }

    private static Command CryptoCommand()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each line; the median counts.", DefaultValueFactory = _ => 5 };
        var milliseconds = new Option<int>("--milliseconds") { Description = "Processor time of a round.", DefaultValueFactory = _ => 200 };
        var only = new Option<string>("--only") { Description = "Measures only lines whose name has this in it.", DefaultValueFactory = _ => string.Empty };
        var measurements = new Option<int>("--measurements") { Description = "Decapsulations whose times are compared.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("crypto", "The primitives on one core, each beside a named reference on the same bytes; exit code 1 if a target is missed.") { rounds, milliseconds, only, measurements };
        command.SetAction(result => new CryptoBench(
            Console.Out,
            result.GetValue(rounds),
            TimeSpan.FromMilliseconds(result.GetValue(milliseconds)),
            result.GetValue(measurements)).Run(result.GetValue(only) ?? string.Empty));
        return command;
    }

    private static Command EchoListenerCommand()
    {
        var command = new Command("echo-listener", "A listener in a process of its own, for the measurement of its memory.") { Hidden = true };
        command.SetAction((_, cancellationToken) => IdleMemory.ListenAsync(cancellationToken));
        return command;
    }
}
