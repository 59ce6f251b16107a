using System.ComponentModel.DataAnnotations;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>Settings of sandboxes in Docker containers.</summary>
public sealed class DockerSandboxOptions
{
    /// <summary>Section of the configuration: <c>Wegent:Docker</c>.</summary>
    public const string Section = "Wegent:Docker";

    /// <summary>Image of a sandbox that names none itself. Default <c>wegent-executor:latest</c>; samples/deploy/build-executor-image.sh builds it.</summary>
    [Required]
    public string ExecutorImage { get; set; } = "wegent-executor:latest";

    /// <summary>Bridge network of the sandboxes, created when missing. Default <c>wegent-network</c>.</summary>
    [Required, RegularExpression("[a-zA-Z0-9][a-zA-Z0-9_.-]+", ErrorMessage = "{0} must be two or more letters, digits, '.', '_' or '-', beginning with a letter or digit.")]
    public string Network { get; set; } = "wegent-network";

    /// <summary>
    /// Address of the engine, such as <c>unix:///var/run/docker.sock</c>. Default null: <c>DOCKER_HOST</c>, or where the platform's
    /// engine listens. The engine must be on this machine, since sandboxes are reached on its loopback address.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>First host port of the executors. Default 10001, 1 to 65535.</summary>
    [Range(1, 65535)]
    public int PortRangeMin { get; set; } = 10001;

    /// <summary>Last host port of the executors, inclusive. Default 10100, 1 to 65535, not below <see cref="PortRangeMin"/>.</summary>
    [Range(1, 65535)]
    public int PortRangeMax { get; set; } = 10100;

    /// <summary>How long a container may take from its start to its executor's first answer. Default 30 s, 1 s to 10 min.</summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the engine may take to answer one call. Default 60 s, 1 s to 10 min.</summary>
    public TimeSpan EngineTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether the root file system is read-only: only the workspace, the home folder and temporary folders can be written.
    /// Default true; an image of your own whose tools write elsewhere may need false.
    /// </summary>
    public bool ReadOnlyRoot { get; set; } = true;

    /// <summary>Size of <c>/tmp</c> in MiB; what stands there counts as the sandbox's memory. Default 512, 16 to 65536.</summary>
    [Range(16, 65536)]
    public int TemporaryMiB { get; set; } = 512;

    /// <summary>Bytes of the executor's own log that the engine keeps, in MiB. Default 1, 1 to 1024.</summary>
    [Range(1, 1024)]
    public int LogMiB { get; set; } = 1;
}
