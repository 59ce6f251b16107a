using System.CommandLine;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Commands.Files;
using Wegent.Hosting.Commands.Remote;
using Wegent.Hosting.Commands.Running;
using Wegent.Hosting.Commands.Serving;

namespace Wegent.Hosting.Commands;

/// <summary>The verbs of the command line.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var terminal = Terminal.Open();
        var root = new RootCommand("Runs teams of AI agents that are declared in YAML.")
        {
            ServeCommand.Create(terminal),
            RunCommand.Create(terminal),
            ValidateCommand.Create(terminal),
            DeleteCommand.Create(terminal),
            WatchCommand.Create(terminal),
            RolloutCommand.Create(terminal),
            LoginCommand.Create(terminal),
            LogsCommand.Create(terminal),
            UserCommand.Create(terminal),
        };
        foreach (var command in SchemaCommand.Create(terminal).Concat(ApplyCommand.Create(terminal)).Concat(GetCommand.Create(terminal)))
            root.Add(command);

        // Without a verb it serves; what is asked of the tool itself (--help, --version) comes before.
        var parsed = root.Parse(args.Length == 0 ? ["serve"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                terminal.Fail(error.Message);
            var verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
            terminal.Say($"wegent {verb}--help says more.");
            return ExitCodes.WrongUsage;
        }

        try
        {
            // Ctrl-C and SIGTERM cancel the command's token; it has time to end cleanly, and ends at once when asked again.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
        }
        catch (UsageException error)
        {
            terminal.Fail(error.Message);
            return ExitCodes.WrongUsage;
        }
        catch (OptionsValidationException error)
        {
            foreach (var failure in error.Failures)
                terminal.Fail(failure);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (WegentException error)
        {
            terminal.Fail(error.Message);
            return ExitCodes.Failed;
        }
        finally
        {
            await terminal.Output.FlushAsync();
        }
    }
}
