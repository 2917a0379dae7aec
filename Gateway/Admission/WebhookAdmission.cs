using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// Asks a web service of the operator's. Everything about it is bounded: time, questions at once, connections, what is remembered; the
/// answer's body is not read and no redirect is followed. Without a clear yes it is a no, and no line names who asked for what.
/// </summary>
public sealed partial class WebhookAdmission : IGroupAdmission, IDisposable
{
    private const int ConnectionsMax = 8;
    private const int ResponseHeadersKilobytesMax = 16;

    private readonly HttpClient _client;
    private readonly AdmissionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookAdmission> _logger;
    private readonly AnswerCache _answers;
    private readonly RareLine _line;
    private int _calls;

    /// <param name="handler">Owned from now on.</param>
    internal WebhookAdmission(AdmissionOptions options, HttpMessageHandler handler, TimeProvider time, ILogger<WebhookAdmission> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _answers = new AnswerCache(time);
        _line = new RareLine(time);
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async ValueTask<bool> IsAdmittedAsync(GroupAdmissionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        AnswerCache.Key key = AnswerCache.KeyOf(request);
        if (_answers.TryGet(key, out bool known))
            return known;

        try
        {
            if (Interlocked.Increment(ref _calls) > _options.WebhookCallsMax)
            {
                Fail("too many at once");
                return false;
            }

            if (await AskAsync(request, cancellationToken) is not { } answer)
                return false;

            _answers.Add(key, answer, answer ? _options.WebhookRemember : _options.WebhookRemember / 10);
            return answer;
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    public void Dispose() => _client.Dispose();

    internal static SocketsHttpHandler CreateHandler(AdmissionOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = options.WebhookTimeout,
        MaxConnectionsPerServer = ConnectionsMax,
        MaxResponseHeadersLength = ResponseHeadersKilobytesMax,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // Nothing of a session is to be found in another system's traces.
        ActivityHeadersPropagator = null,
    };

    // Null where the service gave no answer of its own.
    private async Task<bool?> AskAsync(GroupAdmissionRequest request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_options.WebhookTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, _options.WebhookUrl) { Content = Body(request) };
            using HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent)
                return true;

            if ((int)response.StatusCode is >= 400 and < 500)
                return false;

            Fail(response.StatusCode.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fail("late");
        }
        catch (HttpRequestException exception)
        {
            Fail(exception.HttpRequestError.ToString());
        }

        return null;
    }

    private static ByteArrayContent Body(GroupAdmissionRequest request)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("group_id", request.Group.ToHex());
            json.WriteString("device_id", request.Device.ToHex());
            json.WriteString("address", request.Address.ToString());
            if (request.Token.IsEmpty)
                json.WriteNull("token");
            else
                json.WriteBase64String("token", request.Token);

            json.WriteEndObject();
        }

        var body = new ByteArrayContent(stream.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return body;
    }

    private void Fail(string reason)
    {
        if (_line.IsDue(out long count))
            Failed(_logger, count, reason);
    }

    [LoggerMessage(EventId = 212, Level = LogLevel.Warning, Message = "{Count} questions to the admission webhook had no answer since the last such line, the latest for: {Reason}")]
    private static partial void Failed(ILogger logger, long count, string reason);
}
