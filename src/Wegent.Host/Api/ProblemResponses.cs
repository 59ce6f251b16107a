using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace Wegent.Hosting.Api;

/// <summary>Writes <see cref="Problem"/>s.</summary>
internal static class ProblemResponses
{
    public static Task WriteProblemAsync(this HttpContext context, int status, string code, string detail, IReadOnlyList<Finding>? errors, TimeSpan? retryAfter)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var problem = new Problem
        {
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = detail,
            Code = code,
            TraceId = TraceIdOf(context),
            Errors = errors,
        };
        return context.Response.WriteAsJsonAsync(problem, ApiJson.Readable.Problem, "application/problem+json", context.RequestAborted);
    }

    /// <summary>For answers that only have a status: an unknown route, a missing token.</summary>
    public static Task WriteStatusAsync(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        var detail = status switch
        {
            StatusCodes.Status401Unauthorized => "Sign in first: POST /api/auth/login gives a token to send as 'Authorization: Bearer …'. A token that was sent is wrong or has ended.",
            StatusCodes.Status403Forbidden => "This needs the role admin.",
            StatusCodes.Status404NotFound => $"There is nothing at {context.HttpContext.Request.Path}; /openapi/v1.json lists what there is.",
            StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Path} does not take {context.HttpContext.Request.Method}; it takes {context.HttpContext.Response.Headers.Allow}.",
            _ => ReasonPhrases.GetReasonPhrase(status) + ".",
        };
        return context.HttpContext.WriteProblemAsync(status, ProblemMapping.CodeOf(status), detail, null, null);
    }

    private static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
}
