using System.Security.Cryptography;
using System.Text;
using ZeroKSync.Client;
using ZeroKSync.Client.Persistence;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>Planted texts and the group's own keys, looked for everywhere a relay could have them.</summary>
public sealed class CiphertextOnlyTests
{
    private const int Blobs = 20;

    private const long LookedAtBytesMin = 16 << 20;

    [Fact]
    public async Task A_PROTO_04_RelayTriesToRead_NothingButCiphertextIsAnywhere()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        string nameA = Canary(), nameB = Canary();
        string[] texts = [.. Enumerable.Range(0, Blobs).Select(_ => Canary())];
        SyncClient a = await fixture.OpenAsync(Named(fixture, "a", nameA)), b = await fixture.OpenAsync(Named(fixture, "b", nameB));
        await fixture.PairAsync(a, b);
        await a.PushTextsAsync(texts[..(Blobs / 2)]);
        await b.PushTextsAsync(texts[(Blobs / 2)..]);
        Assert.Equal(Blobs / 2, (await a.ReadTextsAsync()).Count);
        Assert.Equal(Blobs / 2, (await b.ReadTextsAsync()).Count);
        Assert.Superset(new HashSet<string?> { nameA, nameB }, (await a.ListDevicesAsync(Bounded.Token())).Select(device => device.Name).ToHashSet());
        byte[] relayId = fixture.Relay.Address.RelayId.ToArray();
        await a.DisposeAsync();
        await b.DisposeAsync();

        byte[][] planted = [.. texts.Append(nameA).Append(nameB).SelectMany(text => (byte[][])[Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)])];
        byte[][] keys = [.. KeysOf(fixture.Sub("a")), .. KeysOf(fixture.Sub("b"))];
        byte[][] needles = [.. planted, .. keys, relayId];

        // What it must know is found, which says that the search looks where things are.
        (IReadOnlyList<byte[]> inMemory, long bytes) = ProcessMemory.Search(fixture.Relay.Id, needles);
        Assert.Equal(relayId, Assert.Single(inMemory));
        Assert.True(bytes > LookedAtBytesMin, $"{bytes} bytes are no relay's memory.");

        using var http = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };
        byte[] metrics = await http.GetByteArrayAsync("/metrics", Bounded.Token());
        await fixture.Relay.TerminateAsync(Bounded.Token());
        byte[][] everywhere = [metrics, await File.ReadAllBytesAsync(fixture.Log, Bounded.Token()), .. Directory.GetFiles(fixture.RelayData, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes)];
        Assert.True(everywhere.Sum(content => content.LongLength) > Blobs * texts[0].Length);
        foreach (byte[] needle in needles[..^1])
            Assert.All(everywhere, content => Assert.True(content.AsSpan().IndexOf(needle) < 0));
    }

    private static string Canary() => $"canary-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    private static SyncClientOptions Named(RelayFixture fixture, string folder, string name) => new() { DataDirectory = fixture.Sub(folder), DeviceName = name };

    // A device's own secrets and the group's.
    private static IEnumerable<byte[]> KeysOf(string folder)
    {
        using DataDirectory directory = DataDirectory.Open(folder, mayCreate: false);
        using Client.Crypto.DeviceKeys device = directory.LoadOrCreateDevice();
        using Client.Pairing.GroupRecord group = directory.LoadGroup() ?? throw new InvalidOperationException("The device has no group.");
        return [device.Agreement.SecretKey.Span.ToArray(), device.KemSeed.Span.ToArray(), .. group.Secrets.Select(secret => secret.Secret.Span.ToArray())];
    }
}
