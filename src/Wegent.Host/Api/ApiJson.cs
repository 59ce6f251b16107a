using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wegent.Hosting.Api;

/// <summary>The JSON contracts of the host's own bodies, snake case, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(UserReply))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(TicketReply))]
[JsonSerializable(typeof(AuthTypeReply))]
[JsonSerializable(typeof(SubmitBody))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(RetryBody))]
[JsonSerializable(typeof(ConfirmBody))]
[JsonSerializable(typeof(TurnReply))]
[JsonSerializable(typeof(SubtaskList))]
[JsonSerializable(typeof(PipelineStages))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(ApiKeyBody))]
[JsonSerializable(typeof(ApiKeyReply))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(NewUserBody))]
[JsonSerializable(typeof(NewUserReply))]
[JsonSerializable(typeof(UserChangeBody))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(SecretBody))]
[JsonSerializable(typeof(SecretList))]
[JsonSerializable(typeof(ExecutorList))]
[JsonSerializable(typeof(StatsReply))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The same contracts, with letters of all scripts and apostrophes as they are: JSON here never stands inside a page.</summary>
    public static ApiJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Sets the server's own serializer to the same form, with letters of all scripts as they are.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolverChain.Insert(0, Readable);
    }
}
