using Spectre.Console;

namespace Wegent.Hosting.Commands.Running;

/// <summary>Shows, while nothing else is to be seen, what is waited for. Nothing in a pipe.</summary>
internal sealed class Waiting(Terminal terminal) : IAsyncDisposable
{
    private readonly IAnsiConsole? _console = terminal.IsInteractive
        ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error), ColorSystem = terminal.HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors })
        : null;

    private TaskCompletionSource? _end;
    private Task? _shown;
    private StatusContext? _status;

    /// <summary>Shows what is waited for, or changes what is shown.</summary>
    public async ValueTask ShowAsync(string what)
    {
        if (_console is null)
            return;
        if (_status is { } status)
        {
            status.Status(Markup.Escape(what));
            return;
        }

        await terminal.Output.FlushAsync();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _shown = _console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(what), context =>
        {
            _status = context;
            begun.SetResult();
            return end.Task;
        });
        await begun.Task;
    }

    /// <summary>Takes it away, and leaves no trace.</summary>
    public async ValueTask HideAsync()
    {
        if (_shown is not { } shown)
            return;
        _end!.SetResult(); // set together with _shown
        await shown;
        _shown = null;
        _status = null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => HideAsync();
}
