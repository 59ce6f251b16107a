using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>Turns the refusals of an executor into what the ports promise.</summary>
internal static class ExecutorFailure
{
    /// <summary>The error of a command that was not carried out.</summary>
    public static SandboxException ToException(FailedReply reply) => new(ReasonOf(reply.Code), reply.Message);

    private static FailureReason ReasonOf(string code) => code switch
    {
        ExecutorErrors.WorkspaceAddress or ExecutorErrors.WorkspaceConflict or ExecutorErrors.WorkspaceFolder or ExecutorErrors.WorkspaceGit
            or ExecutorErrors.WorkspaceGitMissing or ExecutorErrors.WorkspaceTimeout or ExecutorErrors.WorkspaceTooLarge => FailureReason.WorkspaceFailed,
        ExecutorErrors.ProgramNotFound or ExecutorErrors.WorkingDirectory => FailureReason.Misconfigured,
        ExecutorErrors.StartFailed or ExecutorErrors.FileWrite or ExecutorErrors.Busy or ExecutorErrors.Version => FailureReason.SandboxStartFailed,
        ExecutorErrors.InputClosed or ExecutorErrors.InputFull => FailureReason.AgentCrashed,
        ExecutorErrors.Ending or ExecutorErrors.ExecutionForgotten or ExecutorErrors.ExecutionUnknown => FailureReason.SandboxLost,
        ExecutorErrors.FilePath => FailureReason.BadRequest,
        _ => FailureReason.Internal,
    };
}
