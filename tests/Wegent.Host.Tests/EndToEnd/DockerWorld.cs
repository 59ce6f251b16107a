using System.Diagnostics;
using System.Net;
using Wegent.TestKit;
using Wegent.TestKit.Models;

namespace Wegent.Hosting.Tests.EndToEnd;

/// <summary>
/// What a test of the whole system works with: a network of its own on a real Docker engine, a model server that containers reach,
/// a folder with a real git repository. All of it is gone at the end, and <see cref="LeftoversAsync"/> says what is not.
/// </summary>
internal sealed class DockerWorld : IAsyncDisposable
{
    private DockerWorld(string folder, string network, FakeAnthropicServer model, string gateway)
    {
        Folder = folder;
        Network = network;
        Model = model;
        ModelUrl = $"http://{gateway}:{model.Port}";
    }

    /// <summary>A folder of the test's own; the repository is <c>repo</c> in it.</summary>
    public string Folder { get; }

    public string Repository => Path.Combine(Folder, "repo");

    public string Network { get; }

    public FakeAnthropicServer Model { get; }

    /// <summary>Address of <see cref="Model"/> as containers see it.</summary>
    public string ModelUrl { get; }

    /// <summary>Settings of a host that runs its sandboxes here and removes them at once.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Wegent:Storage:Provider"] = "Sqlite",
        ["Wegent:Executor:Runtime"] = "Docker",
        ["Wegent:Executor:DeletionDelay"] = "00:00:00",
        ["Wegent:Executor:OrphanTimeout"] = "00:02:00",
        ["Wegent:Scheduler:RetryDelay"] = "00:00:00.050",
        ["Wegent:Scheduler:LeaseDuration"] = "00:00:05",
        ["Wegent:Docker:Network"] = Network,
        ["Wegent:Docker:ExecutorImage"] = TestServices.ExecutorImage,
        ["Wegent:Workspaces:LocalRoots:0"] = Folder,
    };

    /// <summary>The resources of a team of one Claude Code bot, <c>coder</c>, on <see cref="Model"/>.</summary>
    public string Team => $$"""
        apiVersion: agent.wecode.io/v1
        kind: Team
        metadata: { name: coder }
        spec: { collaborationModel: solo, members: [ { botRef: { name: developer } } ] }
        ---
        apiVersion: agent.wecode.io/v1
        kind: Model
        metadata: { name: claude }
        spec:
          protocol: claude
          modelConfig: { env: { model: claude, model_id: fake-model, base_url: "{{ModelUrl}}", api_key: canary-e2e-key } }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where there is no engine or no image.</summary>
    public static async Task<DockerWorld> CreateAsync()
    {
        _ = TestServices.ExecutorImage;
        var folder = Directory.CreateTempSubdirectory("wegent-e2e-").FullName;
        var network = "wegent-e2e-" + Path.GetFileName(folder)[^6..].ToLowerInvariant();
        await RunAsync("docker", "network", "create", network);
        var gateway = await RunAsync("docker", "network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network);

        var world = new DockerWorld(folder, network, await FakeAnthropicServer.StartAsync(IPAddress.Any, cancellationToken: Ct), gateway.Trim());
        Directory.CreateDirectory(world.Repository);
        await File.WriteAllTextAsync(Path.Combine(world.Repository, "README.md"), "# A repository\n", Ct);
        await GitAsync(world.Repository, "init", "--quiet", "--initial-branch=main");
        await GitAsync(world.Repository, "add", ".");
        await GitAsync(world.Repository, "-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "--quiet", "-m", "First");
        return world;
    }

    /// <summary>The YAML of the development team in samples/resources, all files.</summary>
    public static string SampleTeam() => string.Join(
        "\n---\n",
        Directory.EnumerateFiles(Path.Combine(Wegent.Tests.Repository.Root, "samples", "resources", "dev-team"), "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>Containers on the test's network, in every state, and connections to it.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync() =>
        (await RunAsync("docker", "ps", "--all", "--filter", $"network={Network}", "--format", "{{.Names}} {{.Status}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Names of the containers that run.</summary>
    public async Task<IReadOnlyList<string>> RunningAsync() =>
        (await RunAsync("docker", "ps", "--filter", $"network={Network}", "--format", "{{.Names}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        // What a failed test left; a container that is on its way out already is waited for.
        foreach (var container in await LeftoversAsync())
            await TryRunAsync("docker", "rm", "--force", "--volumes", container.Split(' ')[0]);
        for (var patience = 0; patience < 50 && !await TryRunAsync("docker", "network", "rm", Network); patience++)
            await Task.Delay(200, CancellationToken.None);
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<bool> TryRunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0;
    }

    private static Task<string> GitAsync(string folder, params string[] arguments) => RunAsync("git", ["-C", folder, .. arguments]);
}
