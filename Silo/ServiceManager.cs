using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace ZeroKSync.Silo;

/// <summary>
/// Says to systemd when the relay serves and when it stops, where systemd has given it a socket for that. The library's own question whether
/// systemd is the parent is not asked: a unit that hides other processes (ProtectProc=) would make it answer no.
/// </summary>
internal static class ServiceManager
{
    private const string Socket = "NOTIFY_SOCKET";

    public static void AddTo(IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Socket)))
            return;

        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddSingleton<IHostLifetime, SystemdLifetime>();
    }
}
