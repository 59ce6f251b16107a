using System.Globalization;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Wegent.Hosting.Api;

/// <summary>Entity tags of resources: their <c>resourceVersion</c>, in quotes. A write may demand one by <c>If-Match</c>.</summary>
internal static class EntityTag
{
    /// <summary>The tag of a resource; null before it has a version.</summary>
    public static string? Of(ResourceView view) => view.Stored.Version > 0 ? $"\"{view.Stored.Version.ToString(CultureInfo.InvariantCulture)}\"" : null;

    /// <summary>Whether the client says that it has this one.</summary>
    public static bool IsKnown(HttpRequest request, string? tag) =>
        tag is not null && request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));

    /// <summary>The version that a write demands; null when it demands none.</summary>
    /// <exception cref="InvalidRequestException">It demands several, or something that is no version.</exception>
    public static string? ExpectedVersion(HttpRequest request)
    {
        if (request.Headers.IfMatch is not [{ Length: > 0 } header] || header == "*")
            return null;
        return new RequestHeaders(request.Headers).IfMatch is [{ Tag.Value: { } tag }] && long.TryParse(tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version.ToString(CultureInfo.InvariantCulture)
            : throw new InvalidRequestException($"If-Match is {header}; it takes one ETag as a reply gave it, such as \"42\", or *.");
    }

    /// <summary>Whether a write demands that there is something to replace.</summary>
    public static bool MustExist(HttpRequest request) => request.Headers.IfMatch == "*";

    /// <summary>Whether a write demands that there is nothing yet.</summary>
    public static bool MustBeNew(HttpRequest request) => request.Headers.IfNoneMatch == "*";
}
