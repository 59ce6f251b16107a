using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests;

/// <summary>The real executor as a process of its own, on a Unix socket in a folder of its own.</summary>
internal sealed class ExecutorProcess : IAsyncDisposable
{
    public const string Secret = "only the runtime knows this";

    private readonly Process process;

    private ExecutorProcess(Process process, string folder)
    {
        this.process = process;
        Folder = folder;
    }

    public string Folder { get; }

    public int Pid => process.Id;

    public string SocketPath => Path.Combine(Folder, "s");

    public string Workspace => Path.Combine(Folder, "workspace");

    public string Home => Path.Combine(Folder, "home");

    public string State => Path.Combine(Folder, "state");

    public string Log => File.ReadAllText(Path.Combine(Folder, "log"));

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public static string SecretHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    /// <summary>Starts it and waits for its health check.</summary>
    /// <param name="program">The native program, or null for the one compiled to run on the shared runtime.</param>
    /// <param name="options">More options.</param>
    public static Task<ExecutorProcess> StartAsync(string? program = null, params string[] options) => StartAsync(program, null, options);

    /// <summary>Starts it with a search path of its own.</summary>
    public static Task<ExecutorProcess> StartWithPathAsync(string path) => StartAsync(null, path, []);

    /// <summary>Starts the native program as the first process of a namespace of its own; <see cref="Pid"/> is then its parent.</summary>
    public static Task<ExecutorProcess> StartAsPidOneAsync(string program) =>
        StartAsync("unshare", null, [], ["--fork", "--pid", "--mount-proc", "--kill-child", program]);

    private static async Task<ExecutorProcess> StartAsync(string? program, string? path, string[] options, string[]? before = null)
    {
        var folder = Directory.CreateTempSubdirectory("wx-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "home"));
        var start = new ProcessStartInfo(program ?? "dotnet") { WorkingDirectory = folder };
        if (program is null)
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "wegent-executor.dll"));
        string[] arguments =
        [
            .. before ?? [], "--listen", $"unix:{folder}/s", "--workspace", $"{folder}/workspace", "--home", $"{folder}/home",
            "--state", $"{folder}/state", "--log", $"{folder}/log", .. options,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[ExecutorProtocol.SecretHashVariable] = SecretHash;
        if (path is not null)
            start.Environment["PATH"] = path;
        var executor = new ExecutorProcess(Process.Start(start)!, folder);
        await executor.WaitUntilReadyAsync();
        return executor;
    }

    public async Task<string> RequestAsync(string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        await socket.SendAsync(Encoding.Latin1.GetBytes(text));
        using var answer = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await socket.ReceiveAsync(buffer)) > 0)
            answer.Write(buffer, 0, read);
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public async Task<TestLink> ConnectAsync(string? secret = Secret, bool greet = true)
    {
        var link = await TestLink.OpenAsync(SocketPath, secret);
        if (greet)
            await link.AskAsync(id => new HelloCommand { Id = id, Versions = [ExecutorProtocol.Version] });
        return link;
    }

    public void Signal(int number) => Assert.Equal(0, Wegent.Executor.Processes.Libc.Kill(Pid, number));

    public Task WaitForExitAsync() => process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task WaitUntilReadyAsync()
    {
        var since = Stopwatch.StartNew();
        while (since.Elapsed < TimeSpan.FromSeconds(20))
        {
            Assert.False(process.HasExited, $"the executor ended with {(process.HasExited ? process.ExitCode : 0)}");
            try
            {
                if ((await RequestAsync("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                    return;
            }
            catch (SocketException)
            {
                await Task.Delay(1);
            }
        }

        Assert.Fail("the executor did not become ready in 20 s");
    }
}
