namespace Wegent.Hosting.Api;

/// <summary>What the address of an apply says.</summary>
internal sealed record ApplyParameters(string? Ns, string? Namespace, bool? DryRun, bool? Strict, string? Prune)
{
    /// <param name="source">Name of the input, for findings.</param>
    public ApplyOptions ToOptions(string source) => new()
    {
        FileName = source,
        Namespace = RouteValues.Namespace(Ns, Namespace),
        DryRun = DryRun ?? false,
        Strict = Strict ?? false,
        Prune = Prune,
    };
}
