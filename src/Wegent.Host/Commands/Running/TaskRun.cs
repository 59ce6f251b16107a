using System.Globalization;
using Wegent.Events;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Hosting.Commands.Running;

/// <summary>One task from its prompt to the last line on the screen.</summary>
internal sealed class TaskRun(ITaskClient tasks, TeamResource team, RunRequest request, Terminal terminal, long begun)
{
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(15);

    private TokenUsage _usage = TokenUsage.None;

    /// <summary>Runs it, and says how to end the process.</summary>
    public async Task<int> RunAsync(CancellationToken interrupted)
    {
        var accepted = await tasks.SubmitAsync(
            new TaskSubmission(team.Metadata.Name, request.Prompt)
            {
                Namespace = team.Metadata.Namespace,
                WorkspaceFolder = request.Workspace is { } folder ? Path.GetFullPath(folder) : null,
            },
            interrupted);
        AgentTask task;
        await using (ITaskPrinter printer = request.Json ? new JsonTaskPrinter(terminal) : new TextTaskPrinter(terminal))
            task = await FollowAsync(accepted.Id, printer, interrupted);

        var exit = interrupted.IsCancellationRequested ? ExitCodes.Interrupted : task.Status == TaskState.Completed ? ExitCodes.Done : ExitCodes.Failed;
        await ShowChangesAsync(task);
        if (!request.Json)
            SayEnd(task, exit);
        if (exit == ExitCodes.Failed)
            terminal.Fail(task.ErrorMessage ?? $"The task ended as {task.Status.ToWire()}.");

        // Its sandbox and folders go now, not when their time is up.
        using var timeout = new CancellationTokenSource(CancelTimeout);
        await tasks.DeleteAsync(task.Id, timeout.Token);
        return exit;
    }

    private async Task<AgentTask> FollowAsync(long taskId, ITaskPrinter printer, CancellationToken interrupted)
    {
        using var giveUp = new CancellationTokenSource();
        using var cancelling = interrupted.Register(() =>
        {
            giveUp.CancelAfter(CancelTimeout);
            _ = tasks.CancelAsync(taskId, giveUp.Token).AsTask();
        });
        try
        {
            await foreach (var recorded in tasks.WatchRecordedAsync(taskId, cancellationToken: giveUp.Token))
            {
                await printer.PrintAsync(recorded);
                switch (recorded.Decode())
                {
                    case ChatDone done:
                        _usage += done.Result.Usage;
                        break;
                    case TaskStatusChanged { Status: TaskState.PendingConfirmation }:
                        await ConfirmAsync(taskId, giveUp.Token);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // It was asked to stop and did not within the time; the end of the host ends it.
        }

        return await tasks.FindAsync(taskId, CancellationToken.None) ?? throw new NotFoundException("task.not_found", $"Task {taskId} is gone.");
    }

    private async ValueTask ConfirmAsync(long taskId, CancellationToken cancellationToken)
    {
        if (!terminal.CanAsk || request.Json)
        {
            terminal.Say("The team asks a person to confirm this stage, and there is none to ask: it stops here. Start the host (serve) for teams that ask, or run this in a terminal.");
            await tasks.CancelAsync(taskId, cancellationToken);
            return;
        }

        await terminal.Error.WriteAsync("Go on with the next stage? [Y/n/again] ");
        var answer = (await terminal.Input.ReadLineAsync(cancellationToken))?.Trim();
        if (answer is null || answer.StartsWith("n", StringComparison.OrdinalIgnoreCase))
            await tasks.CancelAsync(taskId, cancellationToken);
        else
            await tasks.ConfirmAsync(taskId, again: answer.StartsWith("a", StringComparison.OrdinalIgnoreCase), cancellationToken: cancellationToken);
    }

    private async ValueTask ShowChangesAsync(AgentTask task)
    {
        if (await tasks.FindDiffAsync(task.Id, CancellationToken.None) is not { Length: > 0 } diff)
        {
            if (request.Patch is not null)
                terminal.Say("The task recorded no changes, so --patch wrote no file.");
            return;
        }

        if (request.Patch is { } file)
            await File.WriteAllTextAsync(file, diff, CancellationToken.None);
        if (request.Json)
            return;
        terminal.Output.WriteLine();
        foreach (var change in FileChange.ReadAll(diff))
            terminal.Output.WriteLine($"  {change.Path}  {terminal.Styled($"+{change.Added}", Style.Success)} {terminal.Styled($"-{change.Removed}", Style.Failure)}");
        terminal.Output.WriteLine(terminal.Styled(request.Patch is null ? "  --patch FILE saves these changes." : $"  saved to {request.Patch}; git apply takes it.", Style.Quiet));
    }

    private void SayEnd(AgentTask task, int exit)
    {
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        var parts = new List<string>
        {
            task.Status == TaskState.Completed ? terminal.Styled("COMPLETED", Style.Success) : terminal.Styled(task.Status.ToWire(), task.Status == TaskState.Cancelled ? Style.Warning : Style.Failure),
            string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        };
        if (_usage.InputTokens + _usage.CacheReadTokens + _usage.OutputTokens > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{_usage.InputTokens + _usage.CacheReadTokens:N0} tokens in, {_usage.OutputTokens:N0} out"));
        if (_usage.CostUsd > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"${_usage.CostUsd:0.####}"));
        parts.Add($"exit {exit}");
        terminal.Output.WriteLine();
        terminal.Output.WriteLine(string.Join(" · ", parts));
        terminal.Output.Flush();
    }
}
