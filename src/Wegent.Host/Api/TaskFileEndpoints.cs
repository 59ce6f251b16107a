using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Api;

/// <summary>What a task left behind: its agent's raw output, its diff, its files. All of it was written by an agent, so none of it is shown as a page.</summary>
internal static class TaskFileEndpoints
{
    private const string Text = "text/plain; charset=utf-8";

    public static void MapTaskFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/v1/tasks/{task}").WithTags("Tasks");
        files.MapGet("/logs", LogsAsync).WithSummary("The agent's raw output, newest lines");
        files.MapGet("/diff", DiffAsync).WithSummary("The workspace's changes as a git diff");
        files.MapGet("/workspace/files/{**path}", FileAsync).WithSummary("A file of the workspace");
    }

    private static async Task<IResult> LogsAsync(Caller caller, string task, string? @namespace, int? lines, CancellationToken cancellationToken)
    {
        if (lines is < 1 or > 10_000)
            throw new InvalidRequestException($"lines is {lines}; it may be 1 to 10000.");
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, cancellationToken);
        var output = await caller.Tasks.FindOutputAsync(found.Id, lines ?? 1000, cancellationToken)
            ?? throw new NotFoundException("log.not_found", $"Task {found.Id} has no output: it had no sandbox, or that is gone; its events are kept at /api/v1/tasks/{found.Id}/events.");
        return Results.Text(string.Concat(output.Select(static line => line + "\n")), Text, Encoding.UTF8);
    }

    private static async Task<IResult> DiffAsync(Caller caller, string task, string? @namespace, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, cancellationToken);
        var diff = await caller.Tasks.FindDiffAsync(found.Id, cancellationToken)
            ?? throw new NotFoundException("diff.not_found", $"Task {found.Id} has no diff: it has no workspace, or its first turn has not ended.");
        return Results.Text(diff, Text, Encoding.UTF8);
    }

    private static async Task<FileContentHttpResult> FileAsync(Caller caller, string task, string? @namespace, string path, CancellationToken cancellationToken)
    {
        var found = await caller.Tasks.GetTaskAsync(task, @namespace, cancellationToken);
        var content = await caller.Tasks.FindFileAsync(found.Id, path, cancellationToken)
            ?? throw new NotFoundException("file.not_found", $"Task {found.Id} has no file '{path}' in its workspace, or its sandbox is gone.");
        return TypedResults.File(content, IsText(content) ? Text : "application/octet-stream", fileDownloadName: Path.GetFileName(path));
    }

    private static bool IsText(byte[] content) => !content.AsSpan().Contains((byte)0) && System.Text.Unicode.Utf8.IsValid(content);
}
