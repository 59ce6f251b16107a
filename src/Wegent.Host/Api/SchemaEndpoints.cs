using Wegent.Resources;

namespace Wegent.Hosting.Api;

/// <summary>The schemas of the kinds, for editors. They hold nothing of any user, and editors cannot sign in.</summary>
internal static class SchemaEndpoints
{
    private const string ContentType = "application/schema+json; charset=utf-8";

    public static void MapSchemas(this IEndpointRouteBuilder routes)
    {
        var schemas = routes.MapGroup("/api/v1/schemas").WithTags("Schemas").AllowAnonymous();
        schemas.MapGet("", static () => Results.Text(ResourceSchema.All, ContentType)).WithSummary("One JSON Schema for documents of all kinds");
        schemas.MapGet("/{kind}", static (string kind) => Results.Text(ResourceSchema.Of(ResourceSchema.Explain(kind.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? kind[..^5] : kind).Path), ContentType)).WithSummary("The JSON Schema of one kind");
    }
}
