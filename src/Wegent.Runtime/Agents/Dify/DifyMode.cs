namespace Wegent.Runtime.Agents.Dify;

/// <summary>What kind of application it is, as far as it is called differently.</summary>
internal enum DifyMode
{
    Chat,
    Completion,
    Workflow,
}
