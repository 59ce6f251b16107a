namespace Wegent.Sandboxes.Wire;

/// <summary>The codes of a <see cref="FailedReply"/>. Stable: the runtime decides by them.</summary>
internal static class ExecutorErrors
{
    /// <summary>The frame is no command: no JSON, an unknown <c>op</c>, or a field that is missing or out of range.</summary>
    public const string Frame = "executor.frame";

    /// <summary>None of the versions that the runtime speaks is spoken here.</summary>
    public const string Version = "executor.version";

    /// <summary>A command came before <c>hello</c>.</summary>
    public const string Greeting = "executor.greeting";

    /// <summary>As many executions run as the executor allows.</summary>
    public const string Busy = "executor.busy";

    /// <summary>The executor is ending and starts nothing new.</summary>
    public const string Ending = "executor.ending";

    /// <summary>An error of the executor itself; the message says which.</summary>
    public const string Internal = "executor.internal";

    /// <summary>No execution has this id.</summary>
    public const string ExecutionUnknown = "execution.unknown";

    /// <summary>The execution ran, and its journal has been dropped to make room for newer ones.</summary>
    public const string ExecutionForgotten = "execution.forgotten";

    /// <summary>The program is neither an executable file nor found on the path.</summary>
    public const string ProgramNotFound = "execution.program_not_found";

    /// <summary>The program exists and could not be started; the message has the system's reason.</summary>
    public const string StartFailed = "execution.start_failed";

    /// <summary>The working directory does not exist, or is no directory.</summary>
    public const string WorkingDirectory = "execution.working_directory";

    /// <summary>The input of the execution is closed, or it has ended.</summary>
    public const string InputClosed = "execution.input_closed";

    /// <summary>The process does not read its input, and as much waits as the executor holds.</summary>
    public const string InputFull = "execution.input_full";

    /// <summary>A file given with the start could not be written.</summary>
    public const string FileWrite = "execution.file_write";

    /// <summary>The workspace has already been prepared from another source.</summary>
    public const string WorkspaceConflict = "workspace.conflict";

    /// <summary>The address of the repository is not one that may be cloned.</summary>
    public const string WorkspaceAddress = "workspace.address";

    /// <summary>git is needed and not installed in the sandbox.</summary>
    public const string WorkspaceGitMissing = "workspace.git_missing";

    /// <summary>git ended with an error; the message has its last lines.</summary>
    public const string WorkspaceGit = "workspace.git";

    /// <summary>The folder to copy does not exist or cannot be read.</summary>
    public const string WorkspaceFolder = "workspace.folder";

    /// <summary>The workspace would have become larger than its limit.</summary>
    public const string WorkspaceTooLarge = "workspace.too_large";

    /// <summary>Preparing the workspace took longer than its limit.</summary>
    public const string WorkspaceTimeout = "workspace.timeout";

    /// <summary>The path is not inside the workspace, after links were followed, or is no regular file.</summary>
    public const string FilePath = "file.path";
}
