using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>One declared object, of any kind: what a YAML document binds to. Switch on the type, or on <see cref="Kind"/>.</summary>
/// <remarks>The envelope (apiVersion, kind, metadata, spec, status) is Kubernetes' own. Kinds carry the suffix Resource, since Task and Model collide with other types.</remarks>
public abstract record Resource
{
    private protected Resource()
    {
    }

    /// <summary>Always <see cref="ResourceKinds.ApiVersion"/>; other versions do not bind.</summary>
    /// <remarks>Here and in every record: the generated serializer hands null to an init property that the JSON leaves out, so a default other than null stands in the accessor too.</remarks>
    [JsonPropertyOrder(-100)]
    [JsonConverter(typeof(CommonTextConverter))]
    public string ApiVersion { get; init => field = value ?? ResourceKinds.ApiVersion; } = ResourceKinds.ApiVersion;

    /// <summary>The kind's name as written in YAML, such as <c>Bot</c>.</summary>
    [JsonPropertyOrder(-90)]
    public abstract string Kind { get; }

    /// <summary>Name, namespace, labels, and what the server keeps about the object.</summary>
    [JsonPropertyOrder(-80)]
    public required ObjectMeta Metadata { get; init; }

    /// <summary>Fields beside the envelope that this version does not know. Kept, so that a round trip loses nothing. Null when there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The identity of this resource when <paramref name="owner"/> owns it.</summary>
    /// <param name="owner">The user's name, or <see cref="ResourceKey.SystemOwner"/> for public resources.</param>
    public ResourceKey KeyOf(string owner) => new(owner, Metadata.Namespace, Kind, Metadata.Name);
}

/// <summary>A resource with its desired state and, once the system wrote one, its observed state.</summary>
/// <typeparam name="TSpec">Desired state, written by people.</typeparam>
/// <typeparam name="TStatus">Observed state, written by the system only.</typeparam>
public abstract record Resource<TSpec, TStatus> : Resource
    where TSpec : class
    where TStatus : ResourceStatus
{
    private protected Resource()
    {
    }

    /// <summary>The desired state.</summary>
    [JsonPropertyOrder(-70)]
    public required TSpec Spec { get; init; }

    /// <summary>The observed state, or null when the system has not written one. What a user writes here is accepted and ignored.</summary>
    [JsonPropertyOrder(-60)]
    public TStatus? Status { get; init; }
}
