using Wegent.Resources;

namespace Wegent.Validation;

/// <summary>The rules of each kind: what a contract cannot say. One file a kind.</summary>
internal static class ResourceRules
{
    public static void Check(Resource resource, RuleContext context)
    {
        MetadataRules.Check(resource.Metadata, context);
        switch (resource)
        {
            case GhostResource ghost:
                GhostRules.Check(ghost.Spec, context);
                break;
            case ModelResource model:
                ModelRules.Check(model.Spec, context);
                break;
            case ShellResource shell:
                ShellRules.Check(shell.Spec, context);
                break;
            case BotResource bot:
                BotRules.Check(bot.Spec, context);
                break;
            case TeamResource team:
                TeamRules.Check(team.Spec, context);
                break;
            case CollaborationResource collaboration:
                CollaborationRules.Check(collaboration.Spec, context);
                break;
            case WorkspaceResource workspace:
                WorkspaceRules.Check(workspace.Spec, context);
                break;
            case TaskResource task:
                TaskRules.Check(task.Spec, context);
                break;
            case SkillResource skill:
                SkillRules.Check(skill.Spec, context);
                break;
        }
    }
}
