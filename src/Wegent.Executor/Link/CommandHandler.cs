using Wegent.Executor.Executions;
using Wegent.Executor.Workspaces;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Link;

/// <summary>Carries out the commands that have nothing to do with the link they came from.</summary>
/// <param name="workspace">Where the agents work.</param>
/// <param name="filler">Fills it.</param>
/// <param name="files">Reads it.</param>
/// <param name="executions">What runs.</param>
/// <param name="shutdown">Ends the executor.</param>
internal sealed class CommandHandler(
    Workspace workspace, WorkspaceFiller filler, WorkspaceFiles files, ExecutionTable executions, Action<string> shutdown)
{
    /// <summary>Names this executor process.</summary>
    public string Instance { get; } = Guid.CreateVersion7().ToString("N");

    /// <summary>Ends the executor.</summary>
    public void Shutdown() => shutdown("the runtime asked for it");

    /// <summary>The execution of an id.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public Execution GetExecution(string id) => executions.Get(id);

    /// <summary>
    /// Carries out a command. What has an order, such as lines of input, happens before the first wait; so commands that are begun in
    /// order take effect in order.
    /// </summary>
    /// <exception cref="CommandException">It was not carried out.</exception>
    public async Task<ExecutorReply> HandleAsync(ExecutorCommand command)
    {
        switch (command)
        {
            case HelloCommand hello:
                return Welcome(hello);
            case PrepareCommand prepare:
                return await workspace.PrepareAsync(prepare, filler.FillAsync).ConfigureAwait(false);
            case StartCommand start:
                var (started, known) = executions.Start(start);
                return new StartedReply { Re = start.Id, Pid = started.Pid, Known = known };
            case FindCommand find:
                return new StartedReply { Re = find.Id, Pid = executions.Get(find.Execution).Pid, Known = true };
            case WriteCommand write:
                await executions.Get(write.Execution).WriteAsync(write.Input, write.Line).ConfigureAwait(false);
                return Done(write);
            case CloseInputCommand close:
                await executions.Get(close.Execution).CloseInputAsync().ConfigureAwait(false);
                return Done(close);
            case StopCommand stop:
                var exit = await executions.Get(stop.Execution)
                    .StopAsync(TimeSpan.FromMilliseconds(stop.InterruptMs), TimeSpan.FromMilliseconds(stop.TerminateMs)).ConfigureAwait(false);
                return new ExitedReply { Re = stop.Id, Exit = exit };
            case ReadFileCommand read:
                return await Task.Run(() => files.Read(read)).ConfigureAwait(false);
            case ShutdownCommand:
                return Done(command); // carried out by Shutdown, when the answer is on its way
            default:
                throw new CommandException(ExecutorErrors.Frame, "this command is not known here");
        }
    }

    private WelcomeReply Welcome(HelloCommand hello)
    {
        if (!hello.Versions.Contains(ExecutorProtocol.Version))
        {
            throw new CommandException(
                ExecutorErrors.Version,
                $"the runtime speaks version {string.Join(", ", hello.Versions)} of the wire contract, this executor speaks {ExecutorProtocol.Version}; build the executor image again");
        }

        return new WelcomeReply
        {
            Re = hello.Id,
            Version = ExecutorProtocol.Version,
            Instance = Instance,
            Workspace = workspace.Current,
            Home = workspace.Home,
            Program = ExecutorProgram.Version,
        };
    }

    private static DoneReply Done(ExecutorCommand command) => new() { Re = command.Id };
}
