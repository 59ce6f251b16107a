using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Wegent.Hosting.Api;
using Wegent.Hosting.Realtime;
using Wegent.Hosting.Security;
using Wegent.Telemetry;

namespace Wegent.Hosting.Observability;

/// <summary>
/// Metrics at <c>/metrics</c> for Prometheus, which signs in with an administrator's API key that reads; traces and metrics to a collector
/// where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one.
/// </summary>
internal static class HostTelemetry
{
    private const string CollectorAddress = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddHostTelemetry(this WebApplicationBuilder builder)
    {
        var hasCollector = builder.Configuration[CollectorAddress] is { Length: > 0 };
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("wegent", serviceVersion: ApiDescription.Version))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(WegentTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter();
                if (hasCollector)
                    metrics.AddOtlpExporter();
            })
            .WithTracing(tracing =>
            {
                if (hasCollector)
                    tracing.AddSource(WegentTelemetry.Name).AddAspNetCoreInstrumentation().AddOtlpExporter();
            });
    }

    public static void MapMetrics(this WebApplication app)
    {
        var rooms = app.Services.GetRequiredService<RoomRouter>();
        app.Services.GetRequiredService<IMeterFactory>().Create(WegentTelemetry.Name).CreateObservableGauge("wegent.chat.rooms", () => rooms.OpenRooms, "{room}", "Rooms with a viewer on this host.");
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(SecurityServices.AdminsOnly);
    }
}
