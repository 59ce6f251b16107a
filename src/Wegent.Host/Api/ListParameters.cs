namespace Wegent.Hosting.Api;

/// <summary>What a list's address says.</summary>
internal sealed record ListParameters(string? Ns, string? Namespace, bool? Public, string? LabelSelector, string? FieldSelector, int? Limit, string? Continue, bool? Watch, string? ResourceVersion, int? TimeoutSeconds)
{
    public ListOptions ToOptions() => new()
    {
        Namespace = Ns is null ? Namespace : RouteValues.Namespace(Ns),
        Public = Public ?? false,
        LabelSelector = LabelSelector,
        FieldSelector = FieldSelector,
        Limit = RouteValues.Limit(Limit, standard: 500),
        Continue = Continue,
    };

    public WatchOptions ToWatch() => new()
    {
        Namespace = Ns is null ? Namespace : RouteValues.Namespace(Ns),
        Public = Public ?? false,
        LabelSelector = LabelSelector,
        FieldSelector = FieldSelector,
        ResourceVersion = ResourceVersion,
    };
}
