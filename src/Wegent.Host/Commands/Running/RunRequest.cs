namespace Wegent.Hosting.Commands.Running;

/// <summary>What <c>run</c> was asked for.</summary>
/// <param name="Files">Resource files, folders, or <c>-</c>.</param>
/// <param name="Prompt">What the team is to do.</param>
/// <param name="Team">Which team; null when there is one.</param>
/// <param name="Workspace">Folder to work on a copy of; null for none.</param>
/// <param name="Patch">File for the changes; null for none.</param>
/// <param name="Json">Events as JSON.</param>
internal sealed record RunRequest(IReadOnlyList<string> Files, string Prompt, string? Team, string? Workspace, string? Patch, bool Json);
