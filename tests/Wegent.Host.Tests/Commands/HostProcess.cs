using System.Diagnostics;
using System.Text;

namespace Wegent.Hosting.Tests.Commands;

/// <summary>The host's program as a process of its own, in an empty folder, with its output in pipes.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly StringBuilder _output = new();

    private HostProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync(Ct);
    }

    public int Id => _process.Id;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static HostProcess Start(string folder, params string[] arguments) => Start(folder, null, arguments);

    public static HostProcess Start(string folder, Dictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Wegent.Host.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Gives it input and closes it.</summary>
    public async Task WriteAsync(string input)
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
    }

    /// <summary>Reads its output up to a line that fits, and returns that line.</summary>
    public async Task<string> UntilAsync(Func<string, bool> fits)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            _output.AppendLine(line);
            if (fits(line))
                return line;
        }

        throw new InvalidOperationException($"It ended first, with code {_process.ExitCode}: {_output}{await _error}");
    }

    /// <summary>Sends a signal, such as <c>INT</c>.</summary>
    public void Signal(string name) => Process.Start("kill", ["-" + name, _process.Id.ToString()]).WaitForExit();

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Error)> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        _output.Append(await _process.StandardOutput.ReadToEndAsync(patience.Token));
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, _output.ToString(), await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
