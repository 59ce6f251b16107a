namespace Wegent.Hosting;

/// <summary>What the host takes from one caller. Section <c>Wegent:Limits</c>.</summary>
internal sealed class ServerLimits
{
    /// <summary>Largest request body in bytes. Default 16 MiB, 64 KiB to 64 MiB. Above it: 413.</summary>
    public int BodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Requests a second that one user may make for long. Default 200, 1 to 1,000,000. Above it: 429.</summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests that one user may make at once, on top. Default 1,000, 1 to 1,000,000.</summary>
    public int RequestBurst { get; set; } = 1000;
}
