using System.Net;
using System.Text.Json;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Status;

/// <summary>The page for people, as a person's browser shows it.</summary>
public sealed class StatusPageTests
{
    private const int Blobs = 321;

    [Fact]
    public async Task Page_InABrowser_ShowsWhatTheRelayDoesAndWhenItIsGone()
    {
        if (StatusBrowser.Absence is { } absence)
            Assert.Skip(absence);

        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using ITransport transport = TransportEngines.Create();
        using var group = new RawGroup();
        using var pusher = new ScriptedPusher(group, window: 16);
        await using RawSession session = await pusher.ConnectAsync(transport, new IPEndPoint(IPAddress.Loopback, fixture.Relay.Address.Port), fixture.Relay.Address.RelayId);
        Assert.True(await pusher.PushAsync(session, Blobs));
        await RefuseOnceAsync(session);

        await using StatusBrowser browser = StatusBrowser.Open($"http://{fixture.Relay.Http}/status");
        JsonElement opened = await browser.HearAsync("opened");
        Assert.Equal(200, opened.GetProperty("status").GetInt32());
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'", opened.GetProperty("policy").GetString(), StringComparison.Ordinal);

        JsonElement figures = await browser.AskAsync("figures");
        Assert.Equal("Serving", Text(figures, "state"));
        Assert.Equal("1 of 10,000", Text(figures, "sessions"));
        Assert.Contains($"{Blobs} blobs since the start", Text(figures, "pushes"), StringComparison.Ordinal);
        Assert.Contains("preset bench", Text(figures, "about"), StringComparison.Ordinal);
        Assert.Contains(Texts(figures, "refusals"), row => row.Contains("unexpected message", StringComparison.Ordinal));
        Assert.Contains(Texts(figures, "storage"), pair => pair.StartsWith("Disk free", StringComparison.Ordinal) && pair.EndsWith("iB", StringComparison.Ordinal));
        Assert.All(Texts(figures, "charts"), label => Assert.NotEmpty(label));

        Assert.Empty(Texts(await browser.AskAsync("check")));
        Assert.Empty(Texts(await browser.AskAsync("complaints")));

        await fixture.Relay.KillAsync().Within();
        JsonElement stale = await browser.AskAsync("stale");
        Assert.Equal("The relay does not answer", Text(stale, "state"));
        Assert.True(stale.GetProperty("faded").GetBoolean());
    }

    [Fact]
    public async Task Files_OfThePage_AreServedWithTheirPolicyAndNothingElseIs()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };

        foreach (string path in (string[])["/status", "/status/status.js", "/status/status.css", "/status/data"])
        {
            using HttpResponseMessage response = await http.GetAsync(path, Bounded.Token());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        }

        foreach (string path in (string[])["/", "/status/", "/status/status.html", "/status/../relay.key"])
        {
            using HttpResponseMessage response = await http.GetAsync(path, Bounded.Token());
            Assert.Equal(path == "/status/" ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    // A notice is the relay's to send: as a request it is refused.
    private static async Task RefuseOnceAsync(RawSession session)
    {
        RawStream stream = await session.OpenAsync();
        Error error = await stream.AskAsync<Notify, Error>(new Notify(new Cursor(1), 1, 1));
        Assert.Equal(ErrorCode.UnexpectedMessage, error.Reason);
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static string[] Texts(JsonElement of, string name) => Texts(of.GetProperty(name));

    private static string[] Texts(JsonElement of) => [.. of.EnumerateArray().Select(item => item.GetString()!)];
}
