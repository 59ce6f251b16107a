namespace Wegent.Resources;

/// <summary>The names of <see cref="CollaborationModel"/> and <see cref="ContextPassing"/> in YAML and JSON.</summary>
public static class CollaborationModels
{
    private static readonly CollaborationModelConverter s_models = new();
    private static readonly ContextPassingConverter s_contexts = new();

    /// <summary>The name, such as <c>pipeline</c>.</summary>
    public static string NameOf(CollaborationModel model) => s_models.NameOf(model);

    /// <summary>The name, such as <c>original_and_previous</c>.</summary>
    public static string NameOf(ContextPassing passing) => s_contexts.NameOf(passing);
}
