using System.Globalization;
using System.Text;
using ZeroKSync.Client;

namespace ZeroKSync.Cli;

/// <summary>Shows a blob that arrived: text as text, other bytes by their length, or each as a file of its own.</summary>
internal sealed class BlobReport(Report report, DirectoryInfo? folder)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task ShowAsync(SyncedBlob blob, CancellationToken cancellationToken)
    {
        string? path = folder is null ? null : await SaveAsync(folder, blob, cancellationToken);
        string? text = TextOf(blob.Data.Span);
        report.Write(path ?? text ?? string.Create(CultureInfo.InvariantCulture, $"<{blob.Data.Length} bytes>"), json =>
        {
            json.WriteString("sender", blob.Id.Sender.ToHex());
            json.WriteNumber("sequence", blob.Id.Sequence.Value);
            json.WriteString("relay_time", blob.RelayTime);
            json.WriteNumber("bytes", blob.Data.Length);
            if (path is not null)
                json.WriteString("file", path);
            else if (text is not null)
                json.WriteString("text", text);
            else
                json.WriteBase64String("base64", blob.Data.Span);
        });
    }

    // The name says whose and which, so that reading the same blob again overwrites its own file only.
    private static async Task<string> SaveAsync(DirectoryInfo folder, SyncedBlob blob, CancellationToken cancellationToken)
    {
        folder.Create();
        string path = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{blob.Id.Sender.ToHex()[..16]}-{blob.Id.Sequence.Value:D10}"));
        await File.WriteAllBytesAsync(path, blob.Data, cancellationToken);
        return path;
    }

    // Control characters would let a group member's blob play with the terminal.
    private static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            string text = StrictUtf8.GetString(bytes);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
