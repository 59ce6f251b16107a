using System.Text.Json.Serialization;

namespace Wegent.Resources;

/// <summary>In a pipeline: what a stage hands to the next one.</summary>
[JsonConverter(typeof(ContextPassingConverter))]
public enum ContextPassing
{
    /// <summary><c>none</c>: the next stage gets only its own prompt.</summary>
    None,

    /// <summary><c>original_user</c>: the user's message.</summary>
    OriginalUser,

    /// <summary><c>previous_bot</c>: this stage's answer.</summary>
    PreviousBot,

    /// <summary><c>original_and_previous</c>: both.</summary>
    OriginalAndPrevious,
}

internal sealed class ContextPassingConverter() : WireEnumConverter<ContextPassing>(
    ("none", ContextPassing.None),
    ("original_user", ContextPassing.OriginalUser),
    ("previous_bot", ContextPassing.PreviousBot),
    ("original_and_previous", ContextPassing.OriginalAndPrevious));
