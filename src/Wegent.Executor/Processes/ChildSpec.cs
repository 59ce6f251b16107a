namespace Wegent.Executor.Processes;

/// <summary>A process to start.</summary>
/// <param name="Program">Absolute path of an executable file.</param>
/// <param name="Arguments">The arguments after the program's name.</param>
/// <param name="Environment">The whole environment.</param>
/// <param name="WorkingDirectory">Absolute path of an existing folder.</param>
internal sealed record ChildSpec(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory);
