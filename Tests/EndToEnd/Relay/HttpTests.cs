using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>What a relay answers over HTTP, to its operator and to everyone.</summary>
public sealed partial class HttpTests
{
    [Fact]
    public async Task PublicPort_AnythingButTheOnePage_IsNotFound()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: """{ "Relay": { "PublicHttp": "127.0.0.1:0", "PublicAddress": "relay.example.org:4433" } }""");
        using var everyone = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.PublicHttp}") };
        using var operatorOnly = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };

        foreach (string path in (string[])["/metrics", "/status", "/status/data", "/health/live", "/health/ready", "/"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await everyone.GetAsync(path, Bounded.Token())).StatusCode);
            Assert.Equal(path == "/" ? HttpStatusCode.NotFound : HttpStatusCode.OK, (await operatorOnly.GetAsync(path, Bounded.Token())).StatusCode);
        }

        JsonElement page = JsonDocument.Parse(await everyone.GetStringAsync("/.well-known/zks", Bounded.Token())).RootElement;
        Assert.Equal(fixture.Relay.Address.RelayId.ToHex(), page.GetProperty("relay_id").GetString());
        Assert.Equal("relay.example.org:4433", page.GetProperty("address").GetString());
        Assert.Equal(fixture.Relay.Address.Port, page.GetProperty("port").GetInt32());
        Assert.Equal([1], page.GetProperty("versions").EnumerateArray().Select(version => version.GetInt32()));
    }

    [Fact]
    public async Task Metrics_AfterTraffic_AreWellFormedWithBoundedLabels()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await PushAsync(fixture, 50);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };

        string text = await http.GetStringAsync("/metrics", Bounded.Token());

        string[] samples = [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        Assert.All(samples, sample => Assert.Matches(Sample(), sample));
        Assert.Contains("zks_gateway_pushes_total{} 50", samples);
        Assert.Contains("zks_gateway_push_duration_seconds_bucket{le=\"+Inf\"}", text, StringComparison.Ordinal);
        Assert.Contains(samples, sample => sample.StartsWith("zks_gateway_handshakes_total{} ", StringComparison.Ordinal));
        Assert.Contains(samples, sample => sample.StartsWith("zks_storage_disk_free_bytes{} ", StringComparison.Ordinal));
        Assert.Contains(samples, sample => sample.StartsWith("dotnet_gc_", StringComparison.Ordinal));
        Assert.InRange(samples.Length, 20, 500);
    }

    [Fact]
    public async Task Otlp_ToAReceiver_SendsTheSameFiguresWithItsHeader()
    {
        using var receiver = new OtlpReceiver();
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: $$"""
            { "Telemetry": { "OtlpEndpoint": "{{receiver.Url}}", "OtlpProtocol": "HttpProtobuf", "OtlpInterval": "00:00:01", "OtlpHeaders": "authorization=Bearer xyzzy" } }
            """);
        await PushAsync(fixture, 5);

        string body = string.Empty;
        string head = string.Empty;
        while (!body.Contains("zks.gateway.pushes", StringComparison.Ordinal))
        {
            (head, byte[] bytes) = await receiver.ReceiveAsync();
            body = Encoding.Latin1.GetString(bytes);
        }

        Assert.StartsWith("POST /v1/metrics", head, StringComparison.Ordinal);
        Assert.Contains("Bearer xyzzy", head, StringComparison.Ordinal);
        Assert.Contains("zks-relay", body, StringComparison.Ordinal);
        await fixture.Relay.TerminateAsync(Bounded.Token());
        string log = await File.ReadAllTextAsync(fixture.Log, Bounded.Token());
        Assert.Contains("Telemetry:OtlpHeaders is (set)", log, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LimitsSetOtherwise_AreSaidAtTheStartWithTheirSource()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync("hobby", """{ "Gateway": { "SessionsMax": 77 } }""");
        await fixture.Relay.TerminateAsync(Bounded.Token());

        string log = await File.ReadAllTextAsync(fixture.Log, Bounded.Token());
        Assert.Contains("Limits of the preset 'hobby', 1 options set otherwise", log, StringComparison.Ordinal);
        Assert.Contains("Gateway:SessionsMax is 77, set by relay.json", log, StringComparison.Ordinal);
    }

    private static async Task PushAsync(RelayFixture fixture, int blobs)
    {
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, groups: 1, devicesPerGroup: 1, window: 8);
        await load.ConnectAsync(fixture.Relay);
        Assert.True(await load.PushAsync(blobs, int.MaxValue, out _).Within());
        await load.DisconnectAsync();
    }

    [GeneratedRegex(@"^[a-z_]+(\{([a-z_]+=""[^""\\]{1,40}"",?)*\})? [0-9.eE+-]+$")]
    private static partial Regex Sample();
}
