namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>The labels by which a host knows its own containers again, whatever happened to it meanwhile.</summary>
internal static class DockerLabels
{
    /// <summary>Identifier of the store whose sandbox this is; other stores' containers are never touched.</summary>
    public const string Store = "io.wegent.store";

    /// <summary>Identifier of the sandbox.</summary>
    public const string Sandbox = "io.wegent.sandbox";

    /// <summary>Identifier of the task.</summary>
    public const string Task = "io.wegent.task";

    /// <summary>Host port of the executor.</summary>
    public const string Port = "io.wegent.port";

    /// <summary>Hash of what the sandbox was made from: image, limits, source folder.</summary>
    public const string Spec = "io.wegent.spec";

    /// <summary>Version of the wire contract that the host spoke when it made the container.</summary>
    public const string Protocol = "io.wegent.protocol";

    /// <summary>Marks the network that we made.</summary>
    public const string Network = "io.wegent.network";
}
