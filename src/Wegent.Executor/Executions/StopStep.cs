namespace Wegent.Executor.Executions;

/// <summary>The steps of ending an execution, in their order.</summary>
internal enum StopStep
{
    /// <summary>Ask it to give up what it does.</summary>
    Interrupt,

    /// <summary>Close its input and send SIGTERM.</summary>
    Terminate,

    /// <summary>Kill the tree.</summary>
    Kill,
}
