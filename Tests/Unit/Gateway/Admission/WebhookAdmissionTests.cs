using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Admission;

public sealed class WebhookAdmissionTests : IDisposable
{
    private static readonly Uri Url = new("http://127.0.0.1:1/admit");
    private readonly FakeTimeProvider _time = new();
    private readonly Service _service = new();
    private readonly Lines _lines = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Ask_Yes_SendsWhatItIsAboutAndIsRememberedForAWhile()
    {
        using WebhookAdmission admission = Create();

        Assert.True(await AskAsync(admission, token: [1, 2, 3]));
        Assert.True(await AskAsync(admission, token: [1, 2, 3]));

        JsonElement asked = JsonDocument.Parse(Assert.Single(_service.Asked)).RootElement;
        Assert.Equal(["group_id", "device_id", "address", "token"], asked.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            (new string('0', 1) + "1", "192.0.2.9", "AQID"),
            (asked.GetProperty("group_id").GetString()![..2], asked.GetProperty("address").GetString(), asked.GetProperty("token").GetString()));
        _time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(admission, token: [1, 2, 3]);
        Assert.Equal(2, _service.Asked.Count);
        // Another token is another question.
        await AskAsync(admission);
        Assert.Equal(3, _service.Asked.Count);
    }

    [Fact]
    public async Task Ask_No_IsRememberedShorter()
    {
        _service.Status = HttpStatusCode.Forbidden;
        using WebhookAdmission admission = Create();

        Assert.False(await AskAsync(admission));
        Assert.False(await AskAsync(admission));
        Assert.Single(_service.Asked);
        _service.Status = HttpStatusCode.NoContent;
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.True(await AskAsync(admission));
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.Accepted)]
    public async Task Ask_NoClearAnswer_IsANoAndNotRemembered(HttpStatusCode status)
    {
        _service.Status = status;
        using WebhookAdmission admission = Create();

        Assert.False(await AskAsync(admission));
        _service.Status = HttpStatusCode.OK;
        Assert.True(await AskAsync(admission));

        Assert.Contains(status.ToString(), Assert.Single(_lines.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_LateOrUnreachable_IsANo()
    {
        using WebhookAdmission admission = Create();
        _service.IsSilent = true;
        Task<bool> late = AskAsync(admission);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await late.Within());

        _service.IsSilent = false;
        _service.Failure = new HttpRequestException(HttpRequestError.ConnectionError, "secret.example refused");
        Assert.False(await AskAsync(admission));

        // One line in ten seconds, and none names where or who.
        Assert.Single(_lines.Written);
        Assert.DoesNotContain(_lines.Written, line => line.Contains("0101", StringComparison.Ordinal) || line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_MoreAtOnceThanAllowed_IsANoAtOnce()
    {
        using WebhookAdmission admission = Create(callsMax: 2);
        _service.IsSilent = true;
        Task<bool>[] waiting = [AskAsync(admission, group: 1), AskAsync(admission, group: 2)];

        Assert.False(await AskAsync(admission, group: 3));
        Assert.All(waiting, task => Assert.False(task.IsCompleted));

        _service.Release();
        Assert.All(await Task.WhenAll(waiting).Within(), Assert.True);
        Assert.True(await AskAsync(admission, group: 3));
    }

    [Fact]
    public async Task Cache_FullOfStrangers_ForgetsAndStaysBounded()
    {
        var cache = new AnswerCache(_time);
        for (int i = 0; i <= AnswerCache.EntriesMax; i++)
            cache.Add(new AnswerCache.Key((UInt128)i, 0), true, TimeSpan.FromHours(1));

        Assert.False(cache.TryGet(new AnswerCache.Key(0, 0), out _));
        Assert.True(cache.TryGet(new AnswerCache.Key(AnswerCache.EntriesMax, 0), out bool answer) && answer);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Ask_OverARealConnection_FollowsNoRedirectAndReadsNoBody()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        await using WebApplication app = builder.Build();
        app.UseRouting();
        app.MapPost("/yes", () => Results.Ok(new string('x', 1000)));
        app.MapPost("/away", () => Results.Redirect("/yes", preserveMethod: true));
        await app.StartAsync(Bounded.Token());
        foreach ((string path, bool expected) in new[] { ("/yes", true), ("/away", false), ("/none", false) })
        {
            var options = new AdmissionOptions { Mode = AdmissionMode.Webhook, WebhookUrl = new Uri(new Uri(app.Urls.Single()), path) };
            options.Validate();
            using var admission = (WebhookAdmission)GroupAdmissions.Create(options, TestClock.System, _lines);
            Assert.Equal(expected, await AskAsync(admission).Within());
        }
    }

    private WebhookAdmission Create(int callsMax = 16) =>
        new(new AdmissionOptions { Mode = AdmissionMode.Webhook, WebhookUrl = Url, WebhookCallsMax = callsMax }, _service, _time, _lines);

    private static Task<bool> AskAsync(WebhookAdmission admission, byte group = 1, byte[]? token = null) =>
        admission.IsAdmittedAsync(GroupAdmissionTests.Request(group, token: token), Bounded.Token()).AsTask();

    private sealed class Service : HttpMessageHandler
    {
        private TaskCompletionSource _answering = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Asked { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public bool IsSilent { get; set; }

        public Exception? Failure { get; set; }

        public void Release()
        {
            IsSilent = false;
            _answering.SetResult();
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal((HttpMethod.Post, Url), (request.Method, request.RequestUri));
            Asked.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            if (Failure is { } failure)
                throw failure;

            if (IsSilent)
                await _answering.Task.WaitAsync(cancellationToken);

            return new HttpResponseMessage(Status);
        }
    }

    private sealed class Lines : ILogger<WebhookAdmission>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
