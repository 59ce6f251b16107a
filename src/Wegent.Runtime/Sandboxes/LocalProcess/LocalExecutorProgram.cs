using System.Runtime.InteropServices;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>The executor as it can be started on this machine.</summary>
/// <param name="File">Program to start.</param>
/// <param name="Arguments">Arguments before the executor's own.</param>
internal sealed record LocalExecutorProgram(string File, IReadOnlyList<string> Arguments)
{
    private const string Name = "wegent-executor";

    /// <summary>Finds it.</summary>
    /// <param name="configured">Where the settings say it is, or null.</param>
    /// <returns>The program, or null with the reason.</returns>
    public static (LocalExecutorProgram? Program, string? Problem) Find(string? configured)
    {
        if (!OperatingSystem.IsLinux())
            return (null, "agents run as local processes on Linux only; use Docker");
        var folder = Path.Combine(AppContext.BaseDirectory, "executor");
        var path = configured is { Length: > 0 } ? Path.GetFullPath(configured)
            : System.IO.File.Exists(Path.Combine(folder, $"{Name}.dll")) ? Path.Combine(folder, $"{Name}.dll")
            : Path.Combine(folder, Name);
        if (!System.IO.File.Exists(path))
            return (null, $"the executor is not at {path}; build it (src/Wegent.Executor), or set {LocalProcessOptions.Section}:{nameof(LocalProcessOptions.ExecutorPath)}");
        return (path.EndsWith(".dll", StringComparison.Ordinal) ? new LocalExecutorProgram(Dotnet(), [path]) : new LocalExecutorProgram(path, []), null);
    }

    /// <summary>The program that runs this process's framework, else whatever the search path has.</summary>
    private static string Dotnet()
    {
        // .../dotnet/shared/Microsoft.NETCore.App/10.0.1/
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return System.IO.File.Exists(dotnet) ? dotnet : "dotnet";
    }
}
