using System.Text.Json.Serialization;

namespace Wegent.Hosting.Api;

/// <summary>Contracts of what is added to a task's status.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(RevisionNote[]))]
internal sealed partial class TaskDocumentJson : JsonSerializerContext;

/// <summary>Which revision of a resource a task runs with.</summary>
internal sealed record RevisionNote(string Kind, string Namespace, string Name, string ResourceVersion);
