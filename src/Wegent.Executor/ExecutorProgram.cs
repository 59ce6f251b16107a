using System.Net.Sockets;
using System.Text;
using Wegent.Executor.Processes;

namespace Wegent.Executor;

/// <summary>The program: options, a few settings of the process, the host.</summary>
internal static class ExecutorProgram
{
    /// <summary>Version of the program.</summary>
    public static string Version { get; } = typeof(ExecutorProgram).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Runs the executor. Exit codes: 0 ended as asked, 1 failed to start, 2 wrong usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help"])
            return Say(ExecutorOptions.Usage);
        if (arguments is ["--version"])
            return Say(Version + "\n");
        ExecutorOptions options;
        try
        {
            options = ExecutorOptions.Parse(arguments, Environment.GetEnvironmentVariable);
        }
        catch (FormatException error)
        {
            ExecutorLog.Write(error.Message);
            return 2;
        }

        try
        {
            if (options.Log is not null)
                ExecutorLog.Open(options.Log);
            if (options.Detach)
                _ = Libc.SetSession();

            // Other processes of the same user can neither trace the executor nor read its memory, environment and files.
            _ = Libc.Prctl(Libc.PrSetDumpable, 0, 0, 0, 0);
            using var host = new ExecutorHost(options, TimeProvider.System);
            await host.RunAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            ExecutorLog.Write($"cannot start: {error.Message}");
            return 1;
        }
    }

    private static unsafe int Say(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* pointer = bytes)
            return Libc.Write(1, pointer, (nuint)bytes.Length) == bytes.Length ? 0 : 1;
    }
}
