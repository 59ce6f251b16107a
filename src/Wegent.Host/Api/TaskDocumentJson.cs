using System.Text.Json.Serialization;

namespace Wegent.Hosting.Api;

/// <summary>Contracts of the plain values that <see cref="TaskDocuments"/> adds to a status.</summary>
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
internal sealed partial class TaskDocumentJson : JsonSerializerContext;
