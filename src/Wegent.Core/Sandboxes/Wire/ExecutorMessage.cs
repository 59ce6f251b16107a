using System.Text.Json.Serialization;

namespace Wegent.Sandboxes.Wire;

/// <summary>A frame from the executor to the runtime; see <see cref="ExecutorProtocol"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(WelcomeReply), "welcome")]
[JsonDerivedType(typeof(DoneReply), "done")]
[JsonDerivedType(typeof(FailedReply), "failed")]
[JsonDerivedType(typeof(PreparedReply), "prepared")]
[JsonDerivedType(typeof(StartedReply), "started")]
[JsonDerivedType(typeof(ExitedReply), "exited")]
[JsonDerivedType(typeof(FileReply), "file")]
[JsonDerivedType(typeof(LinesMessage), "lines")]
[JsonDerivedType(typeof(EndedMessage), "ended")]
internal abstract record ExecutorMessage;

/// <summary>The answer to one command.</summary>
internal abstract record ExecutorReply : ExecutorMessage
{
    /// <summary>Id of the command.</summary>
    [JsonPropertyOrder(-1)]
    public required long Re { get; init; }
}

/// <summary>Answers <see cref="HelloCommand"/>.</summary>
internal sealed record WelcomeReply : ExecutorReply
{
    /// <summary>The version of the contract that is spoken from here on.</summary>
    public required int Version { get; init; }

    /// <summary>Names this executor process; another one after a reconnect has lost what the first one ran.</summary>
    public required string Instance { get; init; }

    /// <summary>Absolute path of the working folder: the workspace root until a workspace is prepared.</summary>
    public required string Workspace { get; init; }

    /// <summary>Absolute path of the home folder.</summary>
    public required string Home { get; init; }

    /// <summary>Version of the executor program, for people.</summary>
    public required string Program { get; init; }
}

/// <summary>The command was carried out; there is nothing more to say.</summary>
internal sealed record DoneReply : ExecutorReply;

/// <summary>The command was not carried out.</summary>
internal sealed record FailedReply : ExecutorReply
{
    /// <summary>One of <see cref="ExecutorErrors"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What happened and what to do, for a person; no secret.</summary>
    public required string Message { get; init; }
}

/// <summary>Answers <see cref="PrepareCommand"/>.</summary>
internal sealed record PreparedReply : ExecutorReply
{
    /// <summary>Absolute path of the working folder inside the sandbox.</summary>
    public required string Workspace { get; init; }

    /// <summary>
    /// Commit that holds the workspace as it was before any agent touched it, also kept as <see cref="ExecutorProtocol.BaselineRef"/>;
    /// null without git.
    /// </summary>
    public string? Baseline { get; init; }
}

/// <summary>Answers <see cref="StartCommand"/>.</summary>
internal sealed record StartedReply : ExecutorReply
{
    /// <summary>The process id inside the sandbox.</summary>
    public required int Pid { get; init; }

    /// <summary>True when an earlier command had started it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Known { get; init; }
}

/// <summary>Answers <see cref="StopCommand"/>.</summary>
internal sealed record ExitedReply : ExecutorReply
{
    /// <summary>How it ended.</summary>
    public required WireExit Exit { get; init; }
}

/// <summary>Answers <see cref="ReadFileCommand"/>.</summary>
internal sealed record FileReply : ExecutorReply
{
    /// <summary>False when there is no such file; the other fields are then empty.</summary>
    public required bool Exists { get; init; }

    /// <summary>Size of the whole file in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The part that was asked for, shorter at the end of the file; null when there is no file.</summary>
    public byte[]? Content { get; init; }
}

/// <summary>Lines of output, in order and without a gap after the previous message of this reader.</summary>
internal sealed record LinesMessage : ExecutorMessage
{
    /// <summary>Id of the <see cref="ReadCommand"/>.</summary>
    public required long Reader { get; init; }

    /// <summary>Number of the first of <see cref="Lines"/>; the others follow it.</summary>
    public required long First { get; init; }

    /// <summary>At least one line.</summary>
    public required IReadOnlyList<WireLine> Lines { get; init; }
}

/// <summary>The last message of a reader: all lines were sent and the execution is over.</summary>
internal sealed record EndedMessage : ExecutorMessage
{
    /// <summary>Id of the <see cref="ReadCommand"/>.</summary>
    public required long Reader { get; init; }

    /// <summary>How many lines there are in all.</summary>
    public required long Next { get; init; }

    /// <summary>How it ended.</summary>
    public required WireExit Exit { get; init; }
}

/// <summary>One line of output.</summary>
internal sealed record WireLine
{
    /// <summary>True for stderr.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Err { get; init; }

    /// <summary>The text without its end of line; bytes that are no UTF-8 are replaced by U+FFFD.</summary>
    public required string Text { get; init; }

    /// <summary>Bytes dropped from its end because it was longer than <see cref="ExecutorProtocol.MaxLineBytes"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Cut { get; init; }
}

/// <summary>How an execution ended.</summary>
internal sealed record WireExit
{
    /// <summary>Exit code, or null when a signal ended it.</summary>
    public int? Code { get; init; }

    /// <summary>Number of the signal that ended it, or null.</summary>
    public int? Signal { get; init; }

    /// <summary>Why, in one of the words of <see cref="WireExitReasons"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>Processes of it, detached ones included, that had to be killed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Killed { get; init; }
}

/// <summary>The words of <see cref="WireExit.Reason"/>.</summary>
internal static class WireExitReasons
{
    /// <summary>It ended by itself, with whatever code, or by a signal that the executor did not send.</summary>
    public const string Exited = "exited";

    /// <summary>The runtime asked for it.</summary>
    public const string Stopped = "stopped";

    /// <summary>It wrote more output than its limit.</summary>
    public const string OutputLimit = "output_limit";

    /// <summary>The kernel killed it because the sandbox's memory was used up.</summary>
    public const string OutOfMemory = "out_of_memory";

    /// <summary>The journal could not be written, for example because the disk is full.</summary>
    public const string JournalFailed = "journal_failed";
}
