namespace Wegent.Hosting.Security;

/// <summary>Says with every answer that it is data: not to be guessed at, framed, or run.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        // Late, since an error clears what was set before it.
        context.Response.OnStarting(static state => SetAsync((HttpResponse)state), context.Response);
        return next(context);
    }

    private static Task SetAsync(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return Task.CompletedTask;
    }
}
