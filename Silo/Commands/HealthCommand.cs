using System.CommandLine;
using ZeroKSync.Silo.Configuration;

namespace ZeroKSync.Silo.Commands;

/// <summary>Asks a running relay whether it lives or can serve: for containers that hold nothing else to ask with.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        ConfigurationArguments arguments = ConfigurationArguments.ForHttp();
        var ready = new Option<bool>("--ready") { Description = "Whether it can serve, instead of whether it lives." };
        var command = new Command("health", "Ask the relay at --http; ends with 0 where it answers yes.") { ready };
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Sentences.OrElseAsync(Console.Error, async () =>
        {
            RelayConfiguration configuration = arguments.Read(result);
            return await AskAsync(RelaySettings.HttpOf(configuration), result.GetValue(ready) ? "ready" : "live", cancellationToken);
        }));
        return command;
    }

    private static async Task<int> AskAsync(System.Net.IPEndPoint http, string what, CancellationToken cancellationToken)
    {
        // An unspecified address is one to listen at, not to ask.
        if (http.Address.Equals(System.Net.IPAddress.Any) || http.Address.Equals(System.Net.IPAddress.IPv6Any))
            http = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, http.Port);

        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"http://{http}/health/{what}"), cancellationToken);
            string answer = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
            await Console.Out.WriteLineAsync(answer);
            return response.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            throw new RelayStartException("The relay does not answer.", exception);
        }
    }
}
