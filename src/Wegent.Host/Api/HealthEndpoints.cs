using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Wegent.Hosting.Api;

/// <summary>How the host is: for people, and for whoever restarts it or sends it requests.</summary>
internal static class HealthEndpoints
{
    /// <summary>Tag of the checks without which no request can be served.</summary>
    public const string ReadyTag = "ready";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/api/health", Options(static _ => true)).AllowAnonymous();
        routes.MapHealthChecks("/healthz/ready", Options(static check => check.Tags.Contains(ReadyTag))).AllowAnonymous();

        // Alive means that it answers: a store that is away is no reason to restart the host.
        routes.MapHealthChecks("/healthz/live", Options(static _ => false)).AllowAnonymous();
    }

    private static HealthCheckOptions Options(Func<HealthCheckRegistration, bool> predicate) => new()
    {
        Predicate = predicate,
        ResponseWriter = static (context, report) => context.Response.WriteAsJsonAsync(
            new HealthReply(Word(report.Status), ApiDescription.Version, report.Entries.ToDictionary(static entry => entry.Key, static entry => Word(entry.Value.Status))),
            ApiJson.Readable.HealthReply,
            cancellationToken: context.RequestAborted),
    };

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
