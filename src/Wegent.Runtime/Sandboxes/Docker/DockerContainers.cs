using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;
using Wegent.Sandboxes;
using Wegent.Sandboxes.Wire;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>How a sandbox becomes a container: names, labels, limits and everything that is withheld from it. Pure.</summary>
internal static class DockerContainers
{
    /// <summary>Port of the executor inside the container.</summary>
    public const int ExecutorPort = 10000;

    /// <summary>Where the source folder of the workspace appears, read-only.</summary>
    public const string SourceFolder = "/source";

    /// <summary>Name by which a container reaches the machine it runs on.</summary>
    public const string HostName = "host.docker.internal";

    private const string Workspace = "/workspace";
    private const string Home = "/home/agent";
    private const string State = "/var/lib/wegent-executor";
    private const string User = "1000:1000"; // the image's user, by number: it holds for images derived from it, too

    private static readonly string[] ForbiddenSources =
        ["/", "/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/etc", "/root", "/var/lib/docker"];

    /// <summary>Name of a container: readable in <c>docker ps</c>, and the same for the same sandbox, so that it cannot exist twice.</summary>
    public static string Name(string storeId, string sandboxId) => $"wegent-{Hash(storeId)[..8]}-{sandboxId}";

    /// <summary>What to ask the engine for.</summary>
    /// <param name="spec">The sandbox.</param>
    /// <param name="options">Settings of the place.</param>
    /// <param name="port">Leased host port.</param>
    /// <param name="secretHash">SHA-256 of the link's secret, in hexadecimal; the secret itself stays outside.</param>
    /// <param name="network">The network to join.</param>
    /// <exception cref="SandboxException">The source folder is not one to show to an agent.</exception>
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
                "--workspace", Workspace, "--home", Home, "--state", State,
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

    private static IEnumerable<Mount> Mounts(SandboxSpec spec)
    {
        // Anonymous volumes: they get their owner from the image's folder, are on disk, and are removed with the container.
        foreach (var folder in (string[])[Workspace, Home, State])
        {
            yield return new Mount
            {
                Type = "volume",
                Target = folder,
                VolumeOptions = new VolumeOptions { Labels = new Dictionary<string, string> { [DockerLabels.Sandbox] = spec.Id } },
            };
        }

        if (spec.SourceFolder is { } source)
        {
            yield return new Mount
            {
                Type = "bind",
                Source = CheckedSource(source),
                Target = SourceFolder,
                ReadOnly = true,
                BindOptions = new BindOptions { Propagation = "rprivate" },
            };
        }
    }

    /// <summary>The folder as it really is, links followed, so that what was checked is what is mounted.</summary>
    private static string CheckedSource(string source)
    {
        if (!Directory.Exists(source))
            throw new SandboxException(FailureReason.WorkspaceFailed, $"The workspace's folder {source} does not exist");
        var real = RealPath(Path.GetFullPath(source));
        if (ForbiddenSources.Contains(Path.TrimEndingDirectorySeparator(real)) || real.StartsWith("/proc/", StringComparison.Ordinal) || real.StartsWith("/sys/", StringComparison.Ordinal))
            throw new SandboxException(FailureReason.WorkspaceFailed, $"The workspace's folder {source} is part of the system and is not shown to agents; choose a project's folder");
        return real;
    }

    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!; // a full path has a root
        foreach (var segment in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, segment);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return real;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
