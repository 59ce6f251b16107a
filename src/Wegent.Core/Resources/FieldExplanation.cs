namespace Wegent.Resources;

/// <summary>What a field is, for people.</summary>
public sealed record FieldExplanation
{
    /// <summary>Such as <c>Team.spec.members</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What its value must be, such as <c>list of objects</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it must be given.</summary>
    public required bool Required { get; init; }

    /// <summary>What it means.</summary>
    public required string Description { get; init; }

    /// <summary>What holds when it is not given; null when that is nothing, or said in the description.</summary>
    public string? Default { get; init; }

    /// <summary>An example as YAML; null when there is none.</summary>
    public string? Example { get; init; }

    /// <summary>The fields below it, or below its items. Empty when it has none.</summary>
    public IReadOnlyList<FieldExplanation> Fields { get; init; } = [];
}
