using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests;

public sealed class ExecutorOptionsTests
{
    [Fact]
    public void Every_option_is_read()
    {
        var options = Parse(
            "--listen", "tcp:0.0.0.0:10001", "--workspace", "/w", "--home", "/h", "--state", "/s", "--orphan-timeout", "7",
            "--max-lifetime", "8", "--max-executions", "9", "--max-journal", "10", "--detach", "--log", "/l");

        Assert.Equal("0.0.0.0:10001", $"{options.Listen.EndPoint}");
        Assert.Equal(("/w", "/h", "/s", "/l", true), (options.Workspace, options.Home, options.State, options.Log, options.Detach));
        Assert.Equal((7, 8, 9, 10), ((int)options.OrphanTimeout.TotalSeconds, (int)options.MaxLifetime.TotalSeconds, options.MaxExecutions, (int)(options.MaxJournalBytes >> 20)));
    }

    [Theory]
    [InlineData("--listen is missing")]
    [InlineData("--listen needs a value", "--listen")]
    [InlineData("--listen: expected", "--listen", "udp:1")]
    [InlineData("--listen: expected", "--listen", "tcp:localhost:1")]
    [InlineData("--listen: a socket's path", "--listen", "unix:")]
    [InlineData("--max-executions must be a whole number from 1 to 1024, not '0'", "--listen", "unix:/s", "--max-executions", "0")]
    [InlineData("--orphan-timeout must be", "--listen", "unix:/s", "--orphan-timeout", "1h")]
    [InlineData("unknown option --secret", "--listen", "unix:/s", "--secret", "x")]
    [InlineData("--listen is given twice", "--listen", "unix:/s", "--listen", "unix:/t")]
    public void What_is_wrong_is_named(string message, params string[] arguments) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => Parse(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_the_hash_of_the_secret_nothing_starts() =>
        Assert.Throws<FormatException>(() => ExecutorOptions.Parse(["--listen", "unix:/s"], _ => null));

    private static ExecutorOptions Parse(params string[] arguments) =>
        ExecutorOptions.Parse(arguments, name => name == ExecutorProtocol.SecretHashVariable ? ExecutorProcess.SecretHash : null);
}
