using Microsoft.Extensions.Options;

namespace Wegent.Hosting;

/// <summary>Checks <see cref="ServerOptions"/> at the start; every fault is named at once.</summary>
internal sealed class ServerOptionsRules : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.UrlList.Length == 0)
            result.AddError($"is empty; give at least one address, such as {ServerOptions.DefaultUrl}", "Wegent:Urls");
        foreach (var url in options.UrlList.Where(static url => !IsUrl(url)))
            result.AddError($"'{url}' is no address to listen on; it looks like {ServerOptions.DefaultUrl} or http://*:8000", "Wegent:Urls");

        Check(options.Limits.BodyBytes, 64 * 1024, 64 * 1024 * 1024, nameof(ServerLimits.BodyBytes));
        Check(options.Limits.RequestsPerSecond, 1, 1_000_000, nameof(ServerLimits.RequestsPerSecond));
        Check(options.Limits.RequestBurst, 1, 1_000_000, nameof(ServerLimits.RequestBurst));
        return result.Build();

        void Check(int value, int least, int most, string key)
        {
            if (value < least || value > most)
                result.AddError($"is {value}; it may be {least} to {most}", $"Wegent:Limits:{key}");
        }
    }

    // The server's own forms http://*:8000 and http://+:8000 are not URIs.
    private static bool IsUrl(string url) =>
        Uri.TryCreate(url.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out var parsed)
        && parsed.Scheme is "http" or "https"
        && parsed.AbsolutePath == "/";
}
