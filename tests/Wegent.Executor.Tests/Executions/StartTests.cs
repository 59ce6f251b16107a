using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Executions;

public sealed class StartTests
{
    [Fact]
    public async Task A_second_start_of_an_id_finds_the_first_even_over_another_link()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var first = Assert.IsType<StartedReply>(await link.ShellAsync("e", "echo once"));
        await link.ReadToEndAsync("e");

        await using var other = await executor.ConnectAsync();
        var second = Assert.IsType<StartedReply>(await other.ShellAsync("e", "echo twice"));
        var found = await other.AskAsync(id => new FindCommand { Id = id, Execution = "e" });

        Assert.False(first.Known);
        Assert.True(second.Known);
        Assert.Equal(first.Pid, second.Pid);
        Assert.Equal(second with { Re = 0 }, Assert.IsType<StartedReply>(found) with { Re = 0 });
        var (lines, _) = await other.ReadToEndAsync("e");
        Assert.Equal("once", Assert.Single(lines).Text);
    }

    [Fact]
    public async Task The_environment_is_what_was_given_and_a_small_base_and_nothing_of_the_executors()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.AskAsync(id => TestLink.Start(id, "e", "env") with
        {
            Environment = new Dictionary<string, string> { ["GIVEN"] = "a b=c", ["LANG"] = "xx", [ExecutorProtocol.ExecutionVariable] = "another" },
        });

        var (lines, _) = await link.ReadToEndAsync("e");

        var variables = lines.Select(line => line.Text).Where(line => !line.StartsWith("TMPDIR=", StringComparison.Ordinal)).Order().ToList();
        Assert.Equal(
            ["GIVEN=a b=c", $"HOME={executor.Home}", "LANG=xx", $"PATH={Environment.GetEnvironmentVariable("PATH")}", "TERM=dumb", "WEGENT_EXECUTION=e"],
            variables);
    }

    [Fact]
    public async Task It_runs_in_a_session_of_its_own_with_default_signals_and_three_descriptors()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.ShellAsync("e", "echo $$; cut -d' ' -f6 /proc/$$/stat; grep SigIgn /proc/$$/status; ls /proc/$$/fd | tr '\\n' ' '; echo; pwd");

        var (lines, _) = await link.ReadToEndAsync("e");

        Assert.Equal(lines[0].Text, lines[1].Text);
        Assert.Equal(0UL, Convert.ToUInt64(lines[2].Text["SigIgn:\t".Length..], 16) & 0x7fff_ffff); // 32 and 33 are the C library's own
        Assert.Equal("0 1 2 ", lines[3].Text);
        Assert.Equal(executor.Workspace, lines[4].Text);
    }

    [Fact]
    public async Task Files_are_written_for_their_owner_only_and_links_are_replaced_not_followed()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var victim = Path.Combine(executor.Folder, "victim");
        await File.WriteAllTextAsync(victim, "untouched", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(executor.Home, ".agent"));
        File.CreateSymbolicLink(Path.Combine(executor.Home, ".agent/settings.json"), victim);

        await link.AskAsync(id => TestLink.Start(id, "e", "sh", "-c", "stat -c %a ~/.agent/settings.json; cat ~/.agent/settings.json; cat " + executor.Folder + "/deep/er/file") with
        {
            Files = [new WireFile(".agent/settings.json", "ü\n"), new WireFile($"{executor.Folder}/deep/er/file", "absolute")],
        });

        var (lines, _) = await link.ReadToEndAsync("e");
        Assert.Equal(["600", "ü", "absolute"], lines.Select(line => line.Text));
        Assert.Equal("untouched", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_cannot_be_started_is_refused_with_a_code_that_says_why()
    {
        await using var executor = await ExecutorProcess.StartAsync(null, "--max-executions", "1");
        await using var link = await executor.ConnectAsync();

        Assert.Equal(ExecutorErrors.ProgramNotFound, await link.FailureAsync(id => TestLink.Start(id, "a", "no-such-program")));
        Assert.Equal(ExecutorErrors.ProgramNotFound, await link.FailureAsync(id => TestLink.Start(id, "a", "/etc/passwd")));
        Assert.Equal(ExecutorErrors.WorkingDirectory, await link.FailureAsync(id => TestLink.Start(id, "a", "true") with { WorkingDirectory = "absent" }));
        Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => TestLink.Start(id, "a b", "true")));
        Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => TestLink.Start(id, "a", "echo", "a\0b")));
        Assert.Equal(ExecutorErrors.Frame, await link.FailureAsync(id => TestLink.Start(id, "a", "true") with { Environment = new Dictionary<string, string> { ["a=b"] = "c" } }));
        Assert.Equal(ExecutorErrors.FileWrite, await link.FailureAsync(id => TestLink.Start(id, "a", "true") with { Files = [new WireFile("../out", "x")] }));
        Assert.Equal(ExecutorErrors.ExecutionUnknown, await link.FailureAsync(id => new FindCommand { Id = id, Execution = "a" }));
        await link.StartAsync("a", "sleep", "1000");
        Assert.Equal(ExecutorErrors.Busy, await link.FailureAsync(id => TestLink.Start(id, "b", "true")));
    }

    [Fact]
    public async Task A_program_that_the_kernel_refuses_is_reported_with_its_words()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        var broken = Path.Combine(executor.Folder, "broken");
        await File.WriteAllTextAsync(broken, "#!/no/such/interpreter\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(ExecutorErrors.StartFailed, await link.FailureAsync(id => TestLink.Start(id, "e", broken)));
    }

    [Fact]
    public async Task Journals_make_room_oldest_first_and_a_forgotten_execution_is_never_run_again()
    {
        await using var executor = await ExecutorProcess.StartAsync(null, "--max-journal", "1");
        await using var link = await executor.ConnectAsync();
        foreach (var name in (string[])["a", "b"])
        {
            await link.ShellAsync(name, "head -c 900000 /dev/zero | tr '\\0' x");
            await link.ReadToEndAsync(name);
        }

        await link.ShellAsync("c", "echo c");

        Assert.Equal(ExecutorErrors.ExecutionForgotten, await link.FailureAsync(id => TestLink.Start(id, "a", "true")));
        Assert.Equal(ExecutorErrors.ExecutionForgotten, await link.FailureAsync(id => new FindCommand { Id = id, Execution = "a" }));
        await link.ReadToEndAsync("b");
    }
}
