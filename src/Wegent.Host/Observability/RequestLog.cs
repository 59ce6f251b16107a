using System.Security.Claims;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Observability;

/// <summary>One line for each request, with its path and never its query: a ticket may stand there.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var begun = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            if (!context.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal))
                LogRequest(logger, context.Request.Method, context.Request.Path, context.Response.StatusCode, clock.GetElapsedTime(begun).TotalMilliseconds, context.User.FindFirstValue(TokenClaims.UserName) ?? "-");
        }
    }

    [LoggerMessage(5200, LogLevel.Information, "http.request: {Method} {Path} {Status} {Milliseconds:0.0} ms {UserName}")]
    private static partial void LogRequest(ILogger logger, string method, PathString path, int status, double milliseconds, string userName);
}
