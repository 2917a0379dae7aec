using ZeroKSync.Client;

namespace ZeroKSync.Tests.EndToEnd.Docs;

/// <summary>The README's example, compiled. What stands between the two marks is what stands there; <see cref="ReadmeTests"/> compares.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(string dir, RelayAddress relay, CancellationToken ct)
    {
        // begin
        await using var sync = await SyncClient.OpenAsync(new SyncClientOptions { DataDirectory = dir, DeviceName = "laptop" }, ct);
        await sync.CreateGroupAsync([relay], ct);
        Invite invite = await sync.CreateInviteAsync(cancellationToken: ct);
        Console.WriteLine(invite.ToQrText());

        PushReceipt receipt = await sync.PushAsync("hello"u8.ToArray(), ct);
        await receipt.Delivered;

        await foreach (SyncedBlob blob in sync.ReadAsync(ct))
            Console.WriteLine($"{blob.Id.Sequence}: {blob.Data.Length} bytes");

        // end
    }
}
