using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ZeroKSync.Gateway.Http;

/// <summary>The port for everyone: whoever comes by it finds <see cref="HttpEndpoints.PublicPath"/> and nothing else.</summary>
public static class PublicPort
{
    /// <summary>Marks the connections of a port as everyone's.</summary>
    public static void IsPublic(this ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new Mark());
        return next(connection);
    });

    /// <summary>Before anything else answers.</summary>
    public static void UsePublicPort(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.Features.Get<Mark>() is not null && context.Request.Path != HttpEndpoints.PublicPath)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            await next(context);
    });

    private sealed class Mark;
}
