using System.Net;
using System.Text;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>Known ids go through a relay; nothing it writes or answers to its operator holds one of them, at any level.</summary>
public sealed class CanaryTests
{
    private const int Blobs = 20;

    // A shorter piece of an id turns up by chance.
    private const int PieceBytes = 6;

    [Theory]
    [InlineData("Trace", "Text")]
    [InlineData("Trace", "Json")]
    [InlineData("Information", "Text")]
    [InlineData("Warning", "Json")]
    public async Task Output_AtEveryLevel_HoldsNoIdAndNoAddress(string level, string format)
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: $$"""{ "Telemetry": { "LogLevel": "{{level}}", "LogFormat": "{{format}}" } }""");
        byte[][] planted = await RunAsync(fixture);
        Assert.Equal(Blobs + 5, planted.Length);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };
        var written = new Dictionary<string, string>();
        foreach (string path in (string[])["/metrics", "/status/data", "/health/ready"])
            written[path] = await http.GetStringAsync(path, Bounded.Token());

        await fixture.Relay.TerminateAsync(Bounded.Token());
        written["log"] = await File.ReadAllTextAsync(fixture.Log, Bounded.Token());

        foreach ((string where, string text) in written)
        {
            Assert.All(planted, id => Assert.False(Holds(text, id), $"{where} at {level} holds an id"));
            // Devices come from loopback, and so does nothing that is written.
            Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        }

        // The search means something: the relay, and at the lowest level what lies underneath, have said a lot.
        Assert.Contains("zks_gateway_pushes_total{} ", written["/metrics"], StringComparison.Ordinal);
        if (level == "Trace")
            Assert.True(written["log"].Split('\n').Count(line => line.Contains("Orleans.", StringComparison.Ordinal) || line.Contains("Microsoft.", StringComparison.Ordinal)) > 20);
    }

    [Fact]
    public async Task Spans_OfPushReadAndDelivery_NestFromStreamToStorageAndHoldNoId()
    {
        using var receiver = new OtlpReceiver();
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: $$"""
            { "Telemetry": { "OtlpTracesEndpoint": "{{receiver.Url}}", "OtlpProtocol": "HttpProtobuf", "TraceShare": 1 } }
            """);
        byte[][] planted = await RunAsync(fixture);
        Task<int> ended = fixture.Relay.TerminateAsync(Bounded.Token());
        var spans = new List<OtlpSpan>();
        string[][] chains = [["zks.push", "zks.group.append", "zks.storage.commit"], ["zks.read", "zks.group.read", "zks.storage.read"], ["zks.deliver"]];
        while (!chains.All(chain => Holds(spans, chain)))
        {
            (_, byte[] body) = await receiver.ReceiveAsync();
            Assert.All(planted, id => Assert.False(Holds(Encoding.Latin1.GetString(body), id), "a span holds an id"));
            Assert.DoesNotContain("127.0.0.1", Encoding.Latin1.GetString(body), StringComparison.Ordinal);
            spans.AddRange(OtlpSpan.Read(body));
        }

        await ended;
        // None of the runtime's or a driver's.
        Assert.Empty(spans.Select(span => span.Name).Except(chains.SelectMany(chain => chain)));
        Assert.Empty(spans.SelectMany(span => span.Attributes).Except(["zks.entries", "zks.bytes"]));
    }

    [Fact]
    public void Holds_AnyFormOfAnId_IsSeen()
    {
        byte[] id = [.. Enumerable.Range(1, 32).Select(i => (byte)(i * 7))];

        Assert.True(Holds($"x{Convert.ToHexString(id)}x", id));
        Assert.True(Holds($"x{Convert.ToHexStringLower(id)[10..40]}x", id));
        Assert.True(Holds(Convert.ToBase64String([9, .. id]), id));
        Assert.False(Holds("nothing of it", id));
    }

    // Pushes, reads, and mistakes of every kind: what goes wrong is what gets written.
    private static async Task<byte[][]> RunAsync(RelayFixture fixture)
    {
        await using ITransport transport = TransportEngines.Create();
        var endPoint = new IPEndPoint(IPAddress.Loopback, fixture.Relay.Address.Port);
        RelayId relay = fixture.Relay.Address.RelayId;
        using var group = new RawGroup();
        using var stranger = new RawGroup();
        using var pusher = new ScriptedPusher(group, window: 4);
        await using RawSession session = await pusher.ConnectAsync(transport, endPoint, relay);
        await pusher.PushAsync(session, Blobs);
        RawStream asking = await session.OpenAsync();
        PullResponse page = await asking.AskAsync<Pull, PullResponse>(new Pull(default, 0, 0, Own: true));
        await asking.AskAsync<Ack, Done>(new Ack(new Cursor(1)));
        await asking.AskAsync<Ack, Error>(new Ack(new Cursor(1_000_000)));
        await asking.AskAsync<ListDevices, Devices>(new ListDevices());
        RawStream subscribing = await session.OpenAsync();
        await subscribing.AskAsync<Subscribe, PullResponse>(new Subscribe(default));

        // The older session is superseded; a stranger is not let in; a sequence is skipped.
        await using RawSession again = await pusher.ConnectAsync(transport, endPoint, relay);
        await using RawSession refused = await RawSession.ConnectAsync(transport, endPoint, relay);
        await refused.Session.AskAsync<Hello, Error>(stranger.Hello(refused));
        RawStream skipping = await again.OpenAsync();
        Push skipped = RawBlobs.Make(Blobs + 5);
        await skipping.AskAsync<Push, Error>(skipped);

        return
        [
            group.Id.ToArray(), stranger.Id.ToArray(), session.Device.ToArray(), refused.Device.ToArray(), skipped.BlobId.ToArray(),
            .. page.Entries.Select(entry => entry.BlobId.ToArray()),
        ];
    }

    // Each below the one before, and the first below none.
    private static bool Holds(List<OtlpSpan> spans, string[] chain)
    {
        List<OtlpSpan> level = [.. spans.Where(span => span.Name == chain[0] && span.Parent.Length == 0)];
        foreach (string name in chain.Skip(1))
            level = [.. spans.Where(span => span.Name == name && level.Any(above => above.Id == span.Parent && above.Trace == span.Trace))];

        return level.Count > 0;
    }

    private static bool Holds(string text, byte[] id)
    {
        for (int at = 0; at + PieceBytes <= id.Length; at++)
        {
            if (text.Contains(Convert.ToHexString(id, at, PieceBytes), StringComparison.OrdinalIgnoreCase))
                return true;
        }

        // Among other bytes base64 shows it in one of three alignments, of which the middle is the same whatever stands around.
        for (int shift = 0; shift < 3; shift++)
        {
            string encoded = Convert.ToBase64String([.. new byte[shift], .. id])[4..^4];
            if (text.Contains(encoded, StringComparison.Ordinal) || text.Contains(encoded.Replace('+', '-').Replace('/', '_'), StringComparison.Ordinal))
                return true;
        }

        return text.Contains(Encoding.Latin1.GetString(id), StringComparison.Ordinal);
    }
}
