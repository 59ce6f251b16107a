using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;
using Wegent.Sandboxes;
using Wegent.Tasks;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

/// <summary>A sandbox in a container as an agent and a host see it.</summary>
public sealed class DockerSandboxTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Inside_an_agent_is_nobody_special_and_sees_neither_secret_nor_engine()
    {
        await using var place = new DockerPlace();
        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);

        var lines = await RunAsync(sandbox, """
            echo "user $(id -u):$(id -g)"
            echo "capabilities $(grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f2 | sort -u)"
            echo "new privileges $(grep NoNewPrivs /proc/self/status | cut -f2)"
            touch /etc/x 2> /dev/null && echo "root is writable"
            [ -e /var/run/docker.sock ] && echo "engine is reachable"
            env | grep -i secret
            cat /proc/1/environ 2> /dev/null | tr '\0' '\n' | grep -i secret
            kill -9 1; echo "executor lives"
            echo data > "$HOME/x" && echo data > /workspace/x && echo data > /tmp/x && echo "own folders are writable"
            echo "memory $(cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2> /dev/null)"
            """);

        Assert.Equal(
            ["user 1000:1000", "capabilities 0000000000000000", "new privileges 1", "executor lives", "own folders are writable", $"memory {256 << 20}"],
            lines);
    }

    [Fact]
    public async Task A_local_folder_is_copied_whoever_may_read_it_and_the_original_cannot_be_changed()
    {
        var folder = Directory.CreateTempSubdirectory("wegent-source-"); // for its owner only
        File.WriteAllText(Path.Combine(folder.FullName, "a.txt"), "from the host");
        try
        {
            await using var place = new DockerPlace();
            await using var sandbox = await place.Provider.CreateAsync(place.Spec() with { SourceFolder = folder.FullName }, Ct);
            await sandbox.PrepareWorkspaceAsync(new WorkspaceSource { Folder = "project", SourceFolder = folder.FullName }, Ct);

            var lines = await RunAsync(sandbox, "pwd; cat a.txt; echo; echo changed | tee a.txt /source/a.txt");

            Assert.Equal(["/workspace/project", "from the host", "changed"], lines);
            Assert.Equal("from the host", File.ReadAllText(Path.Combine(folder.FullName, "a.txt")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_local_repository_is_cloned_without_the_credentials_in_its_settings()
    {
        var folder = Directory.CreateTempSubdirectory("wegent-source-");
        try
        {
            Git(folder, "init", "--quiet", "--initial-branch=main");
            File.WriteAllText(Path.Combine(folder.FullName, "a.txt"), "committed");
            Git(folder, "add", ".");
            Git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first");
            Git(folder, "remote", "add", "origin", "https://me:canary@example.org/x.git");
            await using var place = new DockerPlace();
            await using var sandbox = await place.Provider.CreateAsync(place.Spec() with { SourceFolder = folder.FullName }, Ct);
            await sandbox.PrepareWorkspaceAsync(new WorkspaceSource { Folder = "project", SourceFolder = folder.FullName }, Ct);

            var lines = await RunAsync(sandbox, "cat a.txt; echo; git log --format=%s; git status --short; grep -r canary / --include=config -s");

            Assert.Equal(["committed", "first"], lines);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_container_that_is_killed_while_an_agent_works_is_told_soon_and_with_the_reason()
    {
        await using var place = new DockerPlace();
        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);
        var execution = await sandbox.StartAsync(Shell("echo working; sleep 600"), Ct);
        using var client = new DockerClientBuilder().WithEndpoint(TestServices.Docker).Build();
        var killed = 0L;

        var error = await Assert.ThrowsAsync<SandboxException>(async () =>
        {
            await foreach (var _ in execution.ReadAsync(0, Ct))
            {
                killed = Stopwatch.GetTimestamp();
                await client.Containers.KillContainerAsync((await place.ContainersAsync(Ct))[0].ID, new ContainerKillParameters(), Ct);
            }
        });

        Assert.Equal(FailureReason.SandboxLost, error.Reason);
        Assert.Equal("The sandbox's container was killed (exit code 137)", error.Message);
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Null(await place.Provider.FindAsync(place.StoreId, "task-1", Ct));
        Assert.False(Assert.Single(await place.Provider.ListAsync(place.StoreId, Ct).ToListAsync(Ct)).Running);
    }

    [Fact]
    public async Task A_container_that_is_removed_while_an_agent_works_is_told()
    {
        await using var place = new DockerPlace();
        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);
        var execution = await sandbox.StartAsync(Shell("echo working; sleep 600"), Ct);

        var error = await Assert.ThrowsAsync<SandboxException>(async () =>
        {
            await foreach (var _ in execution.ReadAsync(0, Ct))
                await place.Provider.RemoveAsync(place.StoreId, "task-1", Ct);
        });

        Assert.Equal(FailureReason.SandboxLost, error.Reason);
        Assert.Empty(await place.ContainersAsync(Ct));
        Assert.Empty(await place.LeasesAsync(Ct));
    }

    [Fact]
    public async Task Another_host_on_the_same_store_goes_on_where_the_first_one_was()
    {
        await using var first = new DockerPlace();
        var sandbox = await first.Provider.CreateAsync(first.Spec(), Ct);
        var execution = await sandbox.StartAsync(Shell("echo one; read line; echo \"$line\"; sleep 600"), Ct);
        await foreach (var output in execution.ReadAsync(0, Ct))
        {
            Assert.Equal(new ExecutionLine(0, IsError: false, "one"), output);
            break;
        }

        await sandbox.DisposeAsync(); // as if the first host had died
        await using var second = new DockerPlace(sameStoreAs: first);
        await using var adopted = (await second.Provider.FindAsync(first.StoreId, "task-1", Ct))!;
        var found = (await adopted.FindExecutionAsync("shell", Ct))!;
        await found.WriteLineAsync("1", "two", Ct);

        var outputs = new List<ExecutionOutput>();
        await foreach (var output in found.ReadAsync(0, Ct))
        {
            outputs.Add(output);
            if (outputs.Count == 2)
                break;
        }

        Assert.Equal([new ExecutionLine(0, false, "one"), new ExecutionLine(1, false, "two")], outputs);
        Assert.Single(await second.ContainersAsync(Ct));
    }

    [Fact]
    public async Task Another_secret_opens_nothing()
    {
        await using var place = new DockerPlace();
        await using var sandbox = await place.Provider.CreateAsync(place.Spec(), Ct);
        await using var thief = new DockerPlace(sameStoreAs: place, secret: "guessed");

        var error = await Assert.ThrowsAsync<SandboxException>(async () => await thief.Provider.FindAsync(place.StoreId, "task-1", Ct));

        Assert.DoesNotContain("guessed", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["still mine"], await RunAsync(sandbox, "echo still mine"));
    }

    private static void Git(DirectoryInfo folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder.FullName })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    private static ExecutionSpec Shell(string script) => new() { Id = "shell", Program = "sh", Arguments = ["-c", script] };

    private static async Task<List<string>> RunAsync(ISandbox sandbox, string script)
    {
        var execution = await sandbox.StartAsync(Shell(script), Ct);
        return await execution.ReadAsync(0, Ct).OfType<ExecutionLine>().Where(line => !line.IsError).Select(line => line.Text).ToListAsync(Ct);
    }
}
