using System.CommandLine;
using System.Text;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks push TEXT</c>, <c>zks push --file PATH</c>, <c>zks push -</c>.</summary>
internal static class PushCommand
{
    private const string StandardInput = "-";

    public static Command Create(CommandContext context)
    {
        var text = new Argument<string?>("text") { Description = "The text, or - for standard input.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<FileInfo?>("--file") { Description = "A file's content instead." };
        var seconds = new Option<int>("--wait") { Description = "Seconds to wait for the relay; 0 leaves it in the outbox.", DefaultValueFactory = _ => 30 };
        var command = new Command("push", "Seal something and send it to the group's other devices.") { text, file, seconds };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(text) is null) == (result.GetValue(file) is null))
                result.AddError("push wants one thing: a text, - for standard input, or --file.");
        });
        seconds.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 0 or > 3600)
                value.AddError("--wait wants 0 to 3600.");
        });
        context.Run(command, async (result, report, cancellationToken) =>
        {
            byte[] data = await ReadAsync(result.GetValue(text), result.GetValue(file), cancellationToken);
            int wait = result.GetValue(seconds);
            await using SyncClient sync = await context.OpenAsync(result, connect: wait > 0, cancellationToken);
            PushReceipt receipt = await sync.PushAsync(data, cancellationToken);
            bool isAtRelay = wait > 0 && await sync.FlushAsync(TimeSpan.FromSeconds(wait), cancellationToken);
            if (isAtRelay)
                await receipt.Delivered.WaitAsync(cancellationToken);

            report.Write(
                isAtRelay ? "At the relay." : "Kept in the outbox of this device; it goes when a relay is reached.",
                json =>
                {
                    json.WriteNumber("sequence", receipt.Sequence.Value);
                    json.WriteNumber("bytes", data.Length);
                    json.WriteBoolean("at_relay", isAtRelay);
                });
            return isAtRelay || wait == 0 ? ExitCode.Done : ExitCode.Unreachable;
        });
        return command;
    }

    private static async Task<byte[]> ReadAsync(string? text, FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is null && text != StandardInput)
            return Encoding.UTF8.GetBytes(text ?? string.Empty);

        await using Stream source = file is null ? Console.OpenStandardInput() : file.OpenRead();
        // One byte more than fits, so that too much is refused by the client and not cut here.
        byte[] buffer = new byte[SyncClient.MaxBlobBytes + 1];
        int length = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }
}
