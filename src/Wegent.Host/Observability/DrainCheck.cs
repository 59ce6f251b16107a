using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Wegent.Hosting.Observability;

/// <summary>Whether the host takes new work: not while it stops, so that a load balancer sends requests elsewhere.</summary>
internal sealed class DrainCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? new HealthCheckResult(context.Registration.FailureStatus, "The host stops.")
            : HealthCheckResult.Healthy());
}
