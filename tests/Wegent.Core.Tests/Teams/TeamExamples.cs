using Wegent.Tasks;
using Wegent.Teams;

namespace Wegent.Core.Tests.Teams;

/// <summary>Plans and turns as a store could hold them.</summary>
internal static class TeamExamples
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static ExecutionPlan Plan(string model, params PlannedMember[] members) =>
        new() { TeamNamespace = "default", TeamName = "team", CollaborationModel = model, Members = members };

    public static PlannedMember Member(string bot, string? role = null) =>
        new() { BotName = bot, ShellType = "Demo", Role = role, SystemPrompt = "" };

    public static Turn Turn(string prompt, params Subtask[] runs) => new(
        new Subtask { Id = 1, TaskId = 1, MessageId = 1, Role = SubtaskRole.User, Prompt = prompt, Status = TaskState.Completed, CreatedAt = Noon },
        runs);

    public static Subtask Done(int member, string answer) => Run(member, TaskState.Completed, new SubtaskResult { Value = answer });

    public static Subtask Run(int member, TaskState status, SubtaskResult? result) => new()
    {
        Id = 2 + member,
        TaskId = 1,
        MessageId = 2 + member,
        Role = SubtaskRole.Assistant,
        Member = member,
        BotName = $"bot-{member}",
        Prompt = "",
        Status = status,
        Result = result,
        CreatedAt = Noon,
    };
}
