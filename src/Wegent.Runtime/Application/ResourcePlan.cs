using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Wegent.Resources;
using Wegent.Runtime.Application.Definitions;
using Wegent.Validation;

namespace Wegent;

/// <summary>What an apply would do, found out and not done. It can be kept in a file, and applied later: exactly so, or not at all.</summary>
/// <remarks>It holds the input as it was given, secrets in it included. Keep it like the input itself.</remarks>
public sealed record ResourcePlan
{
    /// <summary>The documents to apply.</summary>
    public required string Input { get; init; }

    /// <summary>Namespace of documents that name none.</summary>
    public string Namespace { get; init => field = value ?? ObjectMeta.DefaultNamespace; } = ObjectMeta.DefaultNamespace;

    /// <summary>Whether unknown fields are errors.</summary>
    public bool Strict { get; init; }

    /// <summary>Name of the set to prune; null for none.</summary>
    public string? Prune { get; init; }

    /// <summary>What happens to each resource, in the order of the documents; then what is pruned.</summary>
    public required IReadOnlyList<PlannedStep> Steps { get; init; }

    /// <summary>Tasks that have not ended and use what changes or goes. They keep the revisions they began with.</summary>
    public IReadOnlyList<AffectedTask> Tasks { get; init => field = value ?? []; } = [];

    /// <summary>Findings about the input that refuse nothing.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init => field = value ?? []; } = [];

    /// <summary>Digest of input, options and steps: a plan that was edited is none any more.</summary>
    public string Digest { get; init => field = value ?? ""; } = "";

    /// <summary>Whether anything would be written.</summary>
    public bool HasChanges => Steps.Any(static step => step.Operation != ApplyOperation.Unchanged);

    /// <summary>The plan as JSON, for a file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlanJson.Readable.ResourcePlan);

    /// <summary>Reads a plan back.</summary>
    /// <exception cref="WegentException"><c>plan.invalid</c>: it is none, or it was changed.</exception>
    public static ResourcePlan FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            if (JsonSerializer.Deserialize(json, PlanJson.Readable.ResourcePlan) is { } plan && plan.Digest == plan.DigestOf())
                return plan;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new WegentException("plan.invalid", "This is not a plan as it was saved. Make it anew with plan, and do not edit it.");
    }

    /// <summary>What <see cref="Digest"/> must be.</summary>
    internal string DigestOf()
    {
        var text = new StringBuilder().Append(Namespace).Append('\n').Append(Strict).Append('\n').Append(Prune).Append('\n');
        foreach (var step in Steps)
            text.Append(step).Append('\n');
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Append(Input).ToString())));
    }
}

/// <summary>What a plan does to one resource.</summary>
/// <param name="Operation">What happens.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version it must still have; 0 when it must not exist.</param>
public sealed record PlannedStep(ApplyOperation Operation, string Kind, string Namespace, string Name, long Version)
{
    /// <summary>Which fields change, secrets masked; empty unless it is configured.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init => field = value ?? []; } = [];

    /// <summary>Prints what identifies the step.</summary>
    public override string ToString() => $"{Operation} {Kind}/{Namespace}/{Name} at {Version}";
}

/// <summary>A task that has not ended and uses what a plan changes.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Team">Its team.</param>
/// <param name="Status">How it stands, such as <c>RUNNING</c>.</param>
/// <param name="Uses">What of the plan it uses, such as <c>Ghost/default/developer</c>.</param>
public sealed record AffectedTask(long TaskId, string Team, string Status, IReadOnlyList<string> Uses);
