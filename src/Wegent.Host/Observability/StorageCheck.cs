using Microsoft.Extensions.Diagnostics.HealthChecks;
using Wegent.Storage;

namespace Wegent.Hosting.Observability;

/// <summary>Whether the store answers.</summary>
internal sealed class StorageCheck(IUserStore users) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await users.FindAsync(1, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The store does not answer.", error);
        }
    }
}
