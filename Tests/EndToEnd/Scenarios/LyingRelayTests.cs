using System.Security.Cryptography;
using ZeroKSync.Client;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>A device over real QUIC at a relay that answers its handshake wrongly: one failure for all, and nothing about the device is shown.</summary>
public sealed class LyingRelayTests : IDisposable
{
    private const int KemCiphertextAt = 32;
    private const int KemCiphertextBytes = 1088;
    private const int FlipsInEachPart = 3;

    private readonly TempDirectory _folder = new();
    private int _devices;

    // e, the encrypted KEM ciphertext and its tag, the encrypted static key and its tag, the last tag.
    public static TheoryData<string, int, int> Parts => new()
    {
        { "E-HS-05 ephemeral key", 0, KemCiphertextAt },
        { "E-PQ-01 KEM ciphertext", KemCiphertextAt, KemCiphertextBytes + 16 },
        { "E-HS-05 static key", KemCiphertextAt + KemCiphertextBytes + 16, 48 },
        { "E-HS-05 last tag", KemCiphertextAt + KemCiphertextBytes + 64, 16 },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task E_HS_05_E_PQ_01_BitFlippedInTheSecondMessage_NothingOfTheDeviceIsShown(string part, int at, int length)
    {
        Assert.NotEmpty(part);
        for (int i = 0; i < FlipsInEachPart; i++)
        {
            int bit = (at * 8) + RandomNumberGenerator.GetInt32(length * 8);
            await AssertRefusedAsync(
                second =>
                {
                    second[bit / 8] ^= (byte)(1 << (bit % 8));
                    return second;
                },
                $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1199)]
    [InlineData(1201)]
    [InlineData(40_000)]
    public async Task E_HS_05_SecondMessageOfAnotherLength_NothingOfTheDeviceIsShown(int length) =>
        await AssertRefusedAsync(second => [.. second.Take(length), .. new byte[Math.Max(0, length - second.Length)]], $"length {length}");

    [Fact]
    public async Task E_HS_05_SecondMessageOfAnotherHandshake_NothingOfTheDeviceIsShown()
    {
        byte[]? earlier = null;
        await using LyingRelay relay = await LyingRelay.StartAsync(second =>
        {
            byte[] answer = earlier ?? RandomNumberGenerator.GetBytes(second.Length);
            earlier = second;
            return answer;
        });

        await AssertRefusedAsync(relay, "noise");
        await AssertRefusedAsync(relay, "an earlier one");
    }

    // What the tests above stand on: unchanged, the same answer is taken, and the device goes on.
    [Fact]
    public async Task SecondMessageAsItShouldBe_TheDeviceGoesOn()
    {
        await using LyingRelay relay = await LyingRelay.StartAsync(second => second);
        await using SyncClient client = await OpenAsync();
        using var enough = new CancellationTokenSource();
        Task creating = client.CreateGroupAsync([relay.Address], enough.Token);

        await Bounded.UntilAsync(() => relay.Shown > 0);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => creating.Within());
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertRefusedAsync(Func<byte[], byte[]> lie, string what)
    {
        await using LyingRelay relay = await LyingRelay.StartAsync(lie);
        await AssertRefusedAsync(relay, what);
    }

    private async Task AssertRefusedAsync(LyingRelay relay, string what)
    {
        await using SyncClient client = await OpenAsync();

        var exception = await Assert.ThrowsAsync<SyncException>(() => client.CreateGroupAsync([relay.Address], Bounded.Token()));

        Assert.True(exception.Kind == SyncErrorKind.Protocol, $"{what}: {exception.Kind}");
        Assert.Equal(0, relay.Shown);
        Assert.False(client.IsInGroup);
    }

    private Task<SyncClient> OpenAsync() => SyncClient.OpenAsync(
        new SyncClientOptions { DataDirectory = _folder.Sub($"{_devices++}"), DeviceName = "device", WebSocketDelay = null },
        Bounded.Token());
}
