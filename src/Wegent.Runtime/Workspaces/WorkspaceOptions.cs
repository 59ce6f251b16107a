namespace Wegent.Runtime.Workspaces;

/// <summary>What a task may work on. Section <c>Wegent:Workspaces</c>.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Workspaces";

    /// <summary>Folders of this machine from which a workspace may be taken by path or <c>file:</c>. None by default.</summary>
    public IList<string> LocalRoots { get; } = [];
}
