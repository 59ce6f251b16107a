using Wegent.Executor.Processes;
using Wegent.Executor.Workspaces;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Executions;

/// <summary>Turns a start command into a process: environment, program, folder, files.</summary>
/// <param name="workspace">Where things are.</param>
/// <param name="variable">Reads the executor's own environment.</param>
internal sealed class Launcher(Workspace workspace, Func<string, string?> variable)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Writes the files and resolves the rest.</summary>
    /// <exception cref="CommandException">Something does not exist or is not allowed.</exception>
    public ChildSpec Resolve(StartCommand command)
    {
        var environment = EnvironmentOf(command);
        var directory = DirectoryOf(command);
        var program = ProgramSearch.Find(command.Program, environment["PATH"], directory)
            ?? throw new CommandException(
                ExecutorErrors.ProgramNotFound,
                $"{command.Program} is not an executable file, and not found in PATH ({environment["PATH"]})");
        if (command.Arguments.Any(argument => argument.Contains('\0')))
            throw new CommandException(ExecutorErrors.Frame, "an argument contains a zero character");
        foreach (var file in command.Files ?? [])
            Write(file);
        return new ChildSpec(program, command.Arguments, environment, directory);
    }

    /// <summary>What every process gets: nothing of the executor's own but the search path and the folders.</summary>
    public Dictionary<string, string> BaseEnvironment(string execution)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            [ExecutorProtocol.ExecutionVariable] = execution,
            ["PATH"] = variable("PATH") is { Length: > 0 } path ? path : DefaultPath,
            ["HOME"] = workspace.Home,
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "dumb",
        };
        if (variable("TMPDIR") is { Length: > 0 } temporary)
            environment["TMPDIR"] = temporary;
        return environment;
    }

    private Dictionary<string, string> EnvironmentOf(StartCommand command)
    {
        var environment = BaseEnvironment(command.Execution);
        foreach (var (name, value) in command.Environment)
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0') || value.Contains('\0'))
                throw new CommandException(ExecutorErrors.Frame, $"'{name}' is no name of an environment variable, or its value contains a zero character");
            if (name != ExecutorProtocol.ExecutionVariable)
                environment[name] = value;
        }

        return environment;
    }

    private string DirectoryOf(StartCommand command)
    {
        var directory = Path.GetFullPath(command.WorkingDirectory ?? ".", workspace.Current);
        if (directory.Contains('\0') || !Directory.Exists(directory))
            throw new CommandException(ExecutorErrors.WorkingDirectory, $"the working directory {directory} does not exist");
        return directory;
    }

    private void Write(WireFile file)
    {
        var path = Path.GetFullPath(file.Path, workspace.Home);
        if (!Path.IsPathRooted(file.Path) && !path.StartsWith(workspace.Home + "/", StringComparison.Ordinal))
            throw new CommandException(ExecutorErrors.FileWrite, $"{file.Path} leads out of the home folder");
        try
        {
            PrivateFile.Write(path, file.Content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExecutorErrors.FileWrite, $"{path} cannot be written: {error.Message}");
        }
    }
}
