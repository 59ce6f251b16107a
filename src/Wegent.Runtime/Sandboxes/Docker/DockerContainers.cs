using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>How a sandbox becomes a container: names, labels, limits and everything that is withheld from it. Pure.</summary>
internal static class DockerContainers
{
    /// <summary>Port of the executor inside the container.</summary>
    public const int ExecutorPort = 10000;

    /// <summary>Where the copy of the workspace's source folder stands.</summary>
    public const string SourceFolder = "/source";

    /// <summary>Name by which a container reaches the machine it runs on.</summary>
    public const string HostName = "host.docker.internal";

    private const string Workspace = "/workspace";
    private const string Home = "/home/agent";
    private const string State = "/var/lib/wegent-executor";
    private const string User = "1000:1000"; // the image's user, by number: it holds for images derived from it, too

    /// <summary>Name of a container: readable in <c>docker ps</c>, and the same for the same sandbox, so that it cannot exist twice.</summary>
    public static string Name(string storeId, string sandboxId) => $"wegent-{Hash(storeId)[..8]}-{sandboxId}";

    /// <summary>What to ask the engine for.</summary>
    /// <param name="spec">The sandbox.</param>
    /// <param name="options">Settings of the place.</param>
    /// <param name="port">Leased host port.</param>
    /// <param name="secretHash">SHA-256 of the link's secret, in hexadecimal; the secret itself stays outside.</param>
    /// <param name="network">The network to join.</param>
    public static CreateContainerParameters Parameters(
        SandboxSpec spec, DockerSandboxOptions options, int port, string secretHash, DockerNetwork network)
    {
        var image = spec.Image ?? options.ExecutorImage;
        var memory = spec.Limits.MemoryMiB * 1024L * 1024;
        return new CreateContainerParameters
        {
            Name = Name(spec.StoreId, spec.Id),
            Image = image,
            Hostname = "sandbox",
            User = User,
            WorkingDir = Workspace,
            Entrypoint = ["/usr/local/bin/wegent-executor"],
            Cmd =
            [
                "--listen", $"tcp:0.0.0.0:{ExecutorPort}",
                "--workspace", Workspace, "--home", Home, "--state", $"{State}/state", // a folder of its own, which it may remove at its end
                "--orphan-timeout", ((long)spec.Limits.OrphanTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ],
            Env = [$"{ExecutorProtocol.SecretHashVariable}={secretHash}", $"HOME={Home}"],
            ExposedPorts = new Dictionary<string, EmptyStruct> { [$"{ExecutorPort}/tcp"] = default },
            Labels = new Dictionary<string, string>
            {
                [DockerLabels.Store] = spec.StoreId,
                [DockerLabels.Sandbox] = spec.Id,
                [DockerLabels.Task] = spec.TaskId.ToString(CultureInfo.InvariantCulture),
                [DockerLabels.Port] = port.ToString(CultureInfo.InvariantCulture),
                [DockerLabels.Spec] = Hash($"{image}|{spec.Limits}|{spec.SourceFolder}")[..16],
                [DockerLabels.Protocol] = ExecutorProtocol.Version.ToString(CultureInfo.InvariantCulture),
            },
            HostConfig = new HostConfig
            {
                NetworkMode = network.Id,
                PortBindings = new Dictionary<string, IList<PortBinding>>
                {
                    [$"{ExecutorPort}/tcp"] = [new PortBinding { HostIP = "127.0.0.1", HostPort = port.ToString(CultureInfo.InvariantCulture) }],
                },
                ExtraHosts = network.Gateway is { } gateway ? [$"{HostName}:{gateway}"] : [],
                Memory = memory,
                MemorySwap = memory, // the sum of both: no swap
                NanoCPUs = (long)(spec.Limits.Cpus * 1_000_000_000),
                PidsLimit = spec.Limits.Pids,
                ShmSize = 64L * 1024 * 1024,
                CapDrop = ["ALL"],
                SecurityOpt = ["no-new-privileges:true"],
                Privileged = false,
                IpcMode = "private",
                ReadonlyRootfs = options.ReadOnlyRoot,
                Tmpfs = new Dictionary<string, string>
                {
                    ["/tmp"] = $"rw,exec,nosuid,nodev,mode=1777,size={options.TemporaryMiB}m",
                    ["/var/tmp"] = "rw,noexec,nosuid,nodev,mode=1777,size=64m",
                    ["/run"] = "rw,noexec,nosuid,nodev,mode=755,size=16m",
                },
                Mounts = [.. Mounts(spec)],
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
                AutoRemove = false, // a container that is gone after an engine's restart could tell nobody why it died
                // No init: the executor is made to be process 1, which nothing inside can kill, and it reaps what agents leave behind.
                LogConfig = new LogConfig
                {
                    Type = "json-file",
                    Config = new Dictionary<string, string> { ["max-size"] = $"{options.LogMiB}m", ["max-file"] = "1" },
                },
            },
        };
    }

    // Anonymous volumes: they get their owner from the image's folder, are on disk, and are removed with the container. Nothing of the
    // host is mounted.
    private static IEnumerable<Mount> Mounts(SandboxSpec spec)
    {
        string[] folders = [Workspace, Home, State];
        return folders.Concat(spec.SourceFolder is null ? [] : [SourceFolder]).Select(folder => new Mount
        {
            Type = "volume",
            Target = folder,
            VolumeOptions = new VolumeOptions { Labels = new Dictionary<string, string> { [DockerLabels.Sandbox] = spec.Id } },
        });
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
