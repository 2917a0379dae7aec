using System.CommandLine;
using System.Globalization;
using System.Text;
using ZeroKSync.Client;

namespace ZeroKSync.Cli.Commands;

/// <summary><c>zks doctor</c>: what this machine can do for a device, and what of it should be repaired.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("doctor", "Say what this machine can do for a device, and what should be repaired.");
        context.Run(command, async (result, report, _) =>
        {
            string directory = result.GetRequiredValue(context.Directory).FullName;
            report.Progress("Tries a passphrase, which takes a moment.");
            DeviceExamination found = await DeviceExamination.RunAsync(new SyncClientOptions { DataDirectory = directory });
            report.Write(Sentence(found), json =>
            {
                json.WriteNumber("memory_mib", found.MemoryMiB);
                json.WriteStartObject("passphrase");
                json.WriteStartArray("tiers");
                foreach (PassphraseTier tier in found.Tiers)
                {
                    json.WriteStartObject();
                    if (tier.BelowMiB is { } below)
                        json.WriteNumber("below_mib", below);
                    else
                        json.WriteNull("below_mib");

                    json.WriteNumber("cost_mib", tier.CostMiB);
                    json.WriteNumber("passes", tier.Passes);
                    json.WriteBoolean("chosen", tier == found.Tier);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteNumber("measured_ms", Math.Round(found.PassphraseTime.TotalMilliseconds));
                if (found.PassphraseMiB is { } raised)
                    json.WriteNumber("measured_mib", raised);
                else
                    json.WriteNull("measured_mib");

                json.WriteBoolean("ascii_only", !found.TakesEveryPassphrase);
                json.WriteEndObject();
                json.WriteString("ml_kem", found.HasSystemMlKem ? "platform" : "managed");
                json.WriteString("quic", found.QuicEngine);
                json.WriteBoolean("locked_memory", found.LocksMemory);
                json.WriteBoolean("has_device", found.HasDevice);
                json.WriteStartArray("open_to_others");
                foreach (string name in found.OpenToOthers)
                    json.WriteStringValue(name);

                json.WriteEndArray();
            });
            return found.OpenToOthers.Count == 0 ? ExitCode.Done : ExitCode.LocalStore;
        });
        return command;
    }

    private static string Sentence(DeviceExamination found)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Memory        {found.MemoryMiB} MiB");
        foreach (PassphraseTier tier in found.Tiers)
        {
            string who = tier.BelowMiB is { } below ? string.Create(CultureInfo.InvariantCulture, $"below {below} MiB") : "more";
            text.AppendLine(CultureInfo.InvariantCulture, $"Passphrases   {(tier == found.Tier ? '*' : ' ')} {who,-14}  {tier.CostMiB} MiB, passes: {tier.Passes}");
        }

        string raised = found.PassphraseMiB is { } mebibytes ? string.Create(CultureInfo.InvariantCulture, $", {mebibytes} MiB") : string.Empty;
        text.AppendLine(CultureInfo.InvariantCulture, $"              measured: {found.PassphraseTime.TotalMilliseconds:0} ms{raised}{(found.TakesEveryPassphrase ? string.Empty : "; ASCII only")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"ML-KEM        {(found.HasSystemMlKem ? "the system's" : "own code; the system's library has none")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"QUIC          {found.QuicEngine ?? $"none, so relays are reached by WebSocket. {found.QuicMissing}"}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Locked memory {(found.LocksMemory ? "yes" : "no: secrets may be written to swap; raise the limit (ulimit -l)")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Device        {(found.HasDevice ? "here" : "none here yet: zks init")}");
        text.Append(CultureInfo.InvariantCulture, $"Permissions   {(found.OpenToOthers.Count == 0 ? "nothing is open to others" : $"open to others, repair with chmod go=: {string.Join(", ", found.OpenToOthers)}")}");
        return text.ToString();
    }
}
