using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Api;
using Wegent.Hosting.Observability;
using Wegent.Hosting.Realtime;
using Wegent.Hosting.Security;
using Wegent.Runtime.Egress;

namespace Wegent.Hosting;

/// <summary>Puts the host together: its parts, and the way of a request through them.</summary>
internal static class Server
{
    /// <summary>Adds the parts of the host. The SDK itself is added before.</summary>
    public static WebApplicationBuilder AddHost(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ServerOptions>().BindConfiguration(ServerOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsRules>();
        services.AddOptions<EgressOptions>().PostConfigure<IOptions<ServerOptions>>(static (egress, server) => egress.AllowPrivateNetworks ??= server.Value.FindPublicUrl() is null);
        services.AddRouting();
        services.AddHostSecurity();
        services.AddRealtime();
        services.AddExceptionHandler<ProblemMapping>();
        services.ConfigureHttpJsonOptions(static options => ApiJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        services.AddOpenApi(ApiDescription.Configure);
        services.AddHealthChecks()
            .AddCheck<StorageCheck>("storage", HealthStatus.Unhealthy, [HealthEndpoints.ReadyTag], TimeSpan.FromSeconds(2))
            .AddCheck<DrainCheck>("host", HealthStatus.Unhealthy, [HealthEndpoints.ReadyTag]);
        builder.AddHostTelemetry();
        services.AddRateLimiter(static options =>
        {
            options.GlobalLimiter = RequestRate.CreateLimiter();
            options.OnRejected = RequestRate.RejectAsync;
        });

        builder.WebHost.UseUrls(new ServerOptions { Urls = builder.Configuration["Wegent:Urls"] ?? builder.Configuration["urls"] ?? ServerOptions.DefaultUrl }.UrlList);
        builder.WebHost.ConfigureKestrel(static (context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = context.Configuration.GetValue("Wegent:Limits:BodyBytes", new ServerLimits().BodyBytes);
        });
        return builder;
    }

    /// <summary>Lays out the way of a request.</summary>
    public static WebApplication MapHost(this WebApplication app)
    {
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(static _ => { });
        app.UseStatusCodePages(ProblemResponses.WriteStatusAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseChat();

        app.MapHealth();
        app.MapAuth();
        app.MapApiKeys();
        app.MapAdmin();
        app.MapSecrets();
        app.MapApply();
        app.MapPlan();
        app.MapSchemas();
        app.MapResources();
        app.MapTasks();
        app.MapTaskEvents();
        app.MapTaskFiles();
        app.MapChat();
        app.MapMetrics();
        app.MapOpenApi().AllowAnonymous();
        return app;
    }
}
