using System.Text.Json.Serialization;

namespace Wegent.Sandboxes.Wire;

/// <summary>A frame from the runtime to the executor; see <see cref="ExecutorProtocol"/>.</summary>
/// <remarks>
/// No property here has a default other than null, zero or false: the generated JSON contract would not apply it to a frame that
/// leaves the property out.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(HelloCommand), "hello")]
[JsonDerivedType(typeof(PrepareCommand), "prepare")]
[JsonDerivedType(typeof(StartCommand), "start")]
[JsonDerivedType(typeof(FindCommand), "find")]
[JsonDerivedType(typeof(ReadCommand), "read")]
[JsonDerivedType(typeof(AcknowledgeCommand), "ack")]
[JsonDerivedType(typeof(UnreadCommand), "unread")]
[JsonDerivedType(typeof(WriteCommand), "write")]
[JsonDerivedType(typeof(CloseInputCommand), "close_input")]
[JsonDerivedType(typeof(StopCommand), "stop")]
[JsonDerivedType(typeof(ReadFileCommand), "read_file")]
[JsonDerivedType(typeof(ShutdownCommand), "shutdown")]
internal abstract record ExecutorCommand
{
    /// <summary>Chosen by the runtime, unique on its link; the answer repeats it.</summary>
    [JsonPropertyOrder(-1)]
    public required long Id { get; init; }
}

/// <summary>Opens the conversation. Answer: <see cref="WelcomeReply"/>.</summary>
internal sealed record HelloCommand : ExecutorCommand
{
    /// <summary>Versions of the contract that the runtime speaks.</summary>
    public required IReadOnlyList<int> Versions { get; init; }
}

/// <summary>
/// Fills the workspace, once: the same source again waits for the first and gives its answer; another source is refused.
/// Answer: <see cref="PreparedReply"/>.
/// </summary>
internal sealed record PrepareCommand : ExecutorCommand
{
    /// <summary>Name of the working folder below the workspace root, one segment; null makes the root itself the working folder.</summary>
    public string? Name { get; init; }

    /// <summary>Address of a git repository, or null.</summary>
    public string? Repository { get; init; }

    /// <summary>Branch or tag to check out; null takes the repository's own default.</summary>
    public string? Branch { get; init; }

    /// <summary>Commits of history to fetch; 0 fetches all. A server that cannot cut history is asked again for all.</summary>
    public int Depth { get; init; }

    /// <summary>
    /// Folder as the executor sees it, cloned when it is a git repository and copied otherwise; null when there is none. With neither
    /// this nor a repository the workspace is empty.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Transports that git may use, of <c>https</c>, <c>http</c>, <c>ssh</c>, <c>git</c> and <c>file</c>; null means https and ssh.
    /// </summary>
    public IReadOnlyList<string>? Transports { get; init; }

    /// <summary>Most bytes the workspace may hold after it was filled.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>Longest time in milliseconds; then what was started is ended and the workspace is emptied.</summary>
    public required int TimeoutMs { get; init; }
}

/// <summary>
/// Starts a process in a session of its own, once: a known id only answers with what it did. Answer: <see cref="StartedReply"/>.
/// </summary>
internal sealed record StartCommand : ExecutorCommand
{
    /// <summary>The runtime's id of the execution, at most 128 characters of letters, digits, <c>-</c>, <c>_</c>, <c>.</c>.</summary>
    public required string Execution { get; init; }

    /// <summary>A path, or a name that is looked up in the PATH of <see cref="Environment"/>.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments after the program's own name; no shell sees them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>
    /// The environment, laid over the executor's base of PATH, HOME, LANG, TERM and TMPDIR. Nothing else of the executor's own is
    /// passed on.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Where it runs: absolute, or relative to the working folder; null is the working folder.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Files written before the start; existing ones are replaced. Null is none.</summary>
    public IReadOnlyList<WireFile>? Files { get; init; }

    /// <summary>
    /// A line that asks the process, on its standard input, to give up what it does; its input is closed after it. Null means that
    /// SIGINT asks.
    /// </summary>
    public string? InterruptLine { get; init; }

    /// <summary>Lines written to its standard input at once; null is none.</summary>
    public IReadOnlyList<string>? Input { get; init; }

    /// <summary>True closes standard input after <see cref="Input"/>.</summary>
    public bool CloseInput { get; init; }

    /// <summary>Bytes of output after which it is ended; null is <see cref="ExecutorProtocol.DefaultOutputLimit"/>.</summary>
    public long? OutputLimit { get; init; }
}

/// <summary>A file that a start brings along; only its owner may read it.</summary>
/// <param name="Path">Absolute, or relative to the home folder.</param>
/// <param name="Content">Its text.</param>
internal sealed record WireFile(string Path, string Content);

/// <summary>Asks for an execution. Answer: <see cref="StartedReply"/>, or <see cref="ExecutorErrors.ExecutionUnknown"/>.</summary>
internal sealed record FindCommand : ExecutorCommand
{
    /// <summary>Id of the execution.</summary>
    public required string Execution { get; init; }
}

/// <summary>
/// Streams the output of an execution. Answer: <see cref="DoneReply"/>, then <see cref="LinesMessage"/>s and one
/// <see cref="EndedMessage"/> whose <c>reader</c> is this command's id.
/// </summary>
internal sealed record ReadCommand : ExecutorCommand
{
    /// <summary>Id of the execution.</summary>
    public required string Execution { get; init; }

    /// <summary>Number of the first line wanted.</summary>
    public required long From { get; init; }

    /// <summary>Bytes of text that may be under way without an acknowledgement.</summary>
    public required int Window { get; init; }
}

/// <summary>Says that a reader has consumed all lines before <see cref="Next"/>. Has no answer.</summary>
internal sealed record AcknowledgeCommand : ExecutorCommand
{
    /// <summary>Id of the <see cref="ReadCommand"/>.</summary>
    public required long Reader { get; init; }

    /// <summary>Number of the first line that is not consumed yet.</summary>
    public required long Next { get; init; }
}

/// <summary>Ends a reader early. Has no answer.</summary>
internal sealed record UnreadCommand : ExecutorCommand
{
    /// <summary>Id of the <see cref="ReadCommand"/>.</summary>
    public required long Reader { get; init; }
}

/// <summary>
/// Writes a line to the standard input of an execution, once for each <see cref="Input"/>. Answer: <see cref="DoneReply"/> when
/// the process's pipe has taken it.
/// </summary>
internal sealed record WriteCommand : ExecutorCommand
{
    /// <summary>Id of the execution.</summary>
    public required string Execution { get; init; }

    /// <summary>The runtime's id of this line.</summary>
    public required string Input { get; init; }

    /// <summary>The line without its end.</summary>
    public required string Line { get; init; }
}

/// <summary>Closes the standard input after what was written so far. Answer: <see cref="DoneReply"/>.</summary>
internal sealed record CloseInputCommand : ExecutorCommand
{
    /// <summary>Id of the execution.</summary>
    public required string Execution { get; init; }
}

/// <summary>
/// Ends an execution: interrupt, wait, close its input and send SIGTERM, wait, kill the tree with every detached child. Answer:
/// <see cref="ExitedReply"/> when nothing of it is left. A second stop with shorter waits shortens the first.
/// </summary>
internal sealed record StopCommand : ExecutorCommand
{
    /// <summary>Id of the execution.</summary>
    public required string Execution { get; init; }

    /// <summary>Milliseconds between the interrupt and the SIGTERM; 0 leaves the interrupt out.</summary>
    public int InterruptMs { get; init; }

    /// <summary>Milliseconds between the SIGTERM and the kill; 0 kills at once.</summary>
    public int TerminateMs { get; init; }
}

/// <summary>Reads a part of a regular file inside the working folder, links followed. Answer: <see cref="FileReply"/>.</summary>
internal sealed record ReadFileCommand : ExecutorCommand
{
    /// <summary>Relative to the working folder, or absolute and inside it.</summary>
    public required string Path { get; init; }

    /// <summary>First byte wanted.</summary>
    public long Offset { get; init; }

    /// <summary>Most bytes wanted, at most <see cref="ExecutorProtocol.MaxFilePart"/>.</summary>
    public required int MaxBytes { get; init; }
}

/// <summary>Ends the executor and all it started. Answer: <see cref="DoneReply"/>, then the link closes.</summary>
internal sealed record ShutdownCommand : ExecutorCommand;
