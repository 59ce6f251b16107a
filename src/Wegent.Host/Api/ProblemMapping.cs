using Microsoft.AspNetCore.Diagnostics;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Api;

/// <summary>The one place where errors get their status, and their form on the wire.</summary>
internal sealed partial class ProblemMapping(ILogger<ProblemMapping> logger) : IExceptionHandler
{
    private static readonly TimeSpan RetryWhenUnavailable = TimeSpan.FromSeconds(5);

    // By the end of the code, the longest first: the codes of one family share their ending.
    private static readonly (string Ending, int Status)[] StatusTable =
    [
        ("auth.invalid_credentials", StatusCodes.Status400BadRequest),
        ("auth.weak_password", StatusCodes.Status422UnprocessableEntity),
        ("auth.throttled", StatusCodes.Status429TooManyRequests),
        ("request.throttled", StatusCodes.Status429TooManyRequests),
        ("request.invalid", StatusCodes.Status400BadRequest),
        ("request.too_large", StatusCodes.Status413PayloadTooLarge),
        ("request.media_type", StatusCodes.Status415UnsupportedMediaType),
        ("idempotency.mismatch", StatusCodes.Status422UnprocessableEntity),
        ("resource.invalid", StatusCodes.Status422UnprocessableEntity),
        ("apply.empty", StatusCodes.Status400BadRequest),
        ("apply.bad_set", StatusCodes.Status400BadRequest),
        ("plan.invalid", StatusCodes.Status400BadRequest),
        ("patch.invalid", StatusCodes.Status400BadRequest),
        ("patch.identity", StatusCodes.Status400BadRequest),
        ("list.bad_selector", StatusCodes.Status400BadRequest),
        ("list.bad_version", StatusCodes.Status400BadRequest),
        ("list.bad_continue", StatusCodes.Status400BadRequest),
        (".expired", StatusCodes.Status410Gone),
        (".not_found", StatusCodes.Status404NotFound),
        (".conflict", StatusCodes.Status409Conflict),
        (".in_use", StatusCodes.Status409Conflict),
        (".exists", StatusCodes.Status409Conflict),
        (".unavailable", StatusCodes.Status503ServiceUnavailable),
    ];

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.Response.HasStarted)
            return false;
        switch (exception)
        {
            case BadHttpRequestException bad:
                await httpContext.WriteProblemAsync(bad.StatusCode, CodeOf(bad.StatusCode), bad.Message, null, null);
                return true;
            case WegentException known:
                var status = StatusOf(known);
                if (status >= StatusCodes.Status500InternalServerError)
                    LogFailed(logger, known, known.Code);
                await httpContext.WriteProblemAsync(status, known.Code, known.Message, FindingsOf(known), RetryAfterOf(known));
                return true;
            default:
                LogDefect(logger, exception);
                await httpContext.WriteProblemAsync(StatusCodes.Status500InternalServerError, "internal.error", "A defect of the host; its log says more under this trace_id.", null, null);
                return true;
        }
    }

    /// <summary>The status for an error raised on purpose. What has no place in the table is a request that cannot be served as it stands.</summary>
    public static int StatusOf(WegentException error)
    {
        foreach (var (ending, status) in StatusTable)
        {
            if (error.Code.EndsWith(ending, StringComparison.Ordinal))
                return status;
        }

        return error switch
        {
            NotFoundException => StatusCodes.Status404NotFound,
            ConflictException => StatusCodes.Status409Conflict,
            UnavailableException => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status422UnprocessableEntity,
        };
    }

    /// <summary>What an error found in an input; null when it is not about one.</summary>
    public static IReadOnlyList<Finding>? FindingsOf(WegentException error) => error switch
    {
        InvalidResourcesException invalid => Finding.From(invalid.Diagnostics),
        InvalidRequestException { Findings.Count: > 0 } invalid => Finding.From(invalid.Findings),
        _ => null,
    };

    /// <summary>A stable code for an error that only has a status.</summary>
    public static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "auth.required",
        StatusCodes.Status403Forbidden => "auth.forbidden",
        StatusCodes.Status404NotFound => "route.not_found",
        StatusCodes.Status405MethodNotAllowed => "route.method_not_allowed",
        StatusCodes.Status408RequestTimeout => "request.timeout",
        StatusCodes.Status413PayloadTooLarge => "request.too_large",
        StatusCodes.Status415UnsupportedMediaType => "request.media_type",
        StatusCodes.Status429TooManyRequests => "request.throttled",
        StatusCodes.Status503ServiceUnavailable => "server.unavailable",
        >= 500 => "internal.error",
        _ => "request.invalid",
    };

    private static TimeSpan? RetryAfterOf(WegentException error) => error switch
    {
        ThrottledException throttled => throttled.RetryAfter,
        _ when StatusOf(error) == StatusCodes.Status503ServiceUnavailable => RetryWhenUnavailable,
        _ => null,
    };

    [LoggerMessage(5100, LogLevel.Error, "request.defect")]
    private static partial void LogDefect(ILogger logger, Exception exception);

    [LoggerMessage(5101, LogLevel.Warning, "request.failed: {Code}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string code);
}
