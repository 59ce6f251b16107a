using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Api;

namespace Wegent.Hosting.Security;

/// <summary>How much one caller may ask for: a bucket for each user, and for each address that has not signed in.</summary>
internal static class RequestRate
{
    public static PartitionedRateLimiter<HttpContext> CreateLimiter() => PartitionedRateLimiter.Create<HttpContext, string>(static context =>
    {
        if (context.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal))
            return RateLimitPartition.GetNoLimiter("healthz");
        var limits = context.RequestServices.GetRequiredService<IOptions<ServerOptions>>().Value.Limits;
        var key = context.User.FindFirstValue(TokenClaims.UserId) is { } id ? "user:" + id : "address:" + context.Connection.RemoteIpAddress;
        return RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestBurst,
            TokensPerPeriod = limits.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    });

    public static ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        _ = cancellationToken;
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
        return new ValueTask(context.HttpContext.WriteProblemAsync(
            StatusCodes.Status429TooManyRequests, "request.throttled", "Too many requests; wait and try again. The limits are Wegent:Limits:RequestsPerSecond and RequestBurst.", null, wait));
    }
}
