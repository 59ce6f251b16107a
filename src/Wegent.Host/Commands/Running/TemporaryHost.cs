namespace Wegent.Hosting.Commands.Running;

/// <summary>Wegent in this process with a store of its own, that leaves nothing behind.</summary>
internal sealed class TemporaryHost : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly string _folder;

    private TemporaryHost(IHost host, string folder)
    {
        _host = host;
        _folder = folder;
    }

    public IWegentClient Wegent => _host.Services.GetRequiredService<IWegentClient>();

    /// <summary>Starts it.</summary>
    /// <param name="workspaceRoot">Folder that a task may take its workspace from.</param>
    /// <param name="terminal">Gets warnings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Settings are wrong.</exception>
    public static async Task<TemporaryHost> StartAsync(string workspaceRoot, Terminal terminal, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wegent-run-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        HostSettings.Add(builder.Configuration, new Dictionary<string, string?>
        {
            ["Wegent:DataDirectory"] = folder,
            ["Wegent:Storage:Provider"] = "InMemory",
            ["Wegent:Storage:ConnectionString"] = null,
            ["Wegent:Cache:Provider"] = "InMemory",
            ["Wegent:Workspaces:LocalRoots:0"] = workspaceRoot,
            ["Wegent:Executor:DeletionDelay"] = "00:00:00",
        }.Concat(OwnKeys()));

        // What becomes of the task is on the screen; from the parts, only where agents run is worth a line, and real trouble.
        builder.Logging.AddProvider(new TerminalLoggerProvider(terminal))
            .SetMinimumLevel(LogLevel.Error)
            .AddFilter("Wegent.Runtime.Sandboxes", LogLevel.Warning)
            .AddFilter("Wegent.Runtime.Sandboxes.Docker", LogLevel.Error);
        builder.Services.AddWegentRuntime();
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = StopTimeout);
        var host = new TemporaryHost(builder.Build(), folder);
        try
        {
            HostSettings.Check(host._host.Services);
            await host._host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    // Whoever runs a file here gives it their own keys: those in the environment that are named as keys are.
    private static IEnumerable<KeyValuePair<string, string?>> OwnKeys() => Environment.GetEnvironmentVariables().Keys.Cast<string>()
        .Where(static name => name.EndsWith("_API_KEY", StringComparison.Ordinal) || name.EndsWith("_AUTH_TOKEN", StringComparison.Ordinal))
        .Select(static (name, index) => KeyValuePair.Create($"Wegent:Security:AllowedEnvironmentVariables:run{index}", (string?)name));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _host.StopAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file of the agent that cannot be removed is no reason to say that the task failed.
        }
    }
}
