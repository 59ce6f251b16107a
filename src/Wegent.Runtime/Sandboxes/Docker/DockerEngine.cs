using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Sandboxes;
using Wegent.Tasks;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>
/// The engine's client: each call one method, one timeout and one log line. What can go wrong in normal life is a return value;
/// the rest is a <see cref="SandboxException"/> that says whether the engine is away or refused.
/// </summary>
internal sealed class DockerEngine(IOptions<DockerSandboxOptions> options, TimeProvider clock, ILogger<DockerEngine> logger) : IDisposable
{
    /// <summary>The newest version of the API whose replies the client library knows; an older engine is spoken to in its own.</summary>
    private static readonly System.Version NewestApi = new(1, 52);

    private readonly SemaphoreSlim _gate = new(1);
    private DockerClient? _client; // bound to the version of the API that both sides speak, since the engine's first answer

    /// <summary>Where the engine is.</summary>
    /// <exception cref="SandboxException">The configured address is none.</exception>
    public Uri Endpoint
    {
        get
        {
            try
            {
                return DockerEndpoint.Resolve(options.Value.Endpoint, Environment.GetEnvironmentVariable("DOCKER_HOST"));
            }
            catch (FormatException error)
            {
                throw new SandboxException(FailureReason.Misconfigured, error.Message, error);
            }
        }
    }

    /// <summary>Whether the engine has an image.</summary>
    /// <exception cref="SandboxException">The engine does not answer, or the name is none of an image.</exception>
    public ValueTask<bool> HasImageAsync(string image, CancellationToken cancellationToken) =>
        CallAsync("inspect", $"image {image}", async (client, token) =>
        {
            try
            {
                await client.Images.InspectImageAsync(image, token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }
        }, cancellationToken);

    /// <summary>The error of an image that the engine does not have.</summary>
    public SandboxException ImageMissing(string image, Exception? cause = null) =>
        new(FailureReason.ImageMissing, $"The engine at {Endpoint} has no image {image}", cause);

    /// <summary>Creates a container; null when its name is taken.</summary>
    /// <exception cref="SandboxException">The image is missing, the engine does not answer, or it refuses.</exception>
    public ValueTask<string?> CreateContainerAsync(CreateContainerParameters parameters, CancellationToken cancellationToken) =>
        CallAsync<string?>("create", parameters.Name ?? "", async (client, token) =>
        {
            try
            {
                return (await client.Containers.CreateContainerAsync(parameters, token).ConfigureAwait(false)).ID;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
            {
                return null;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                throw ImageMissing(parameters.Image ?? "", error);
            }
            catch (DockerApiException error) when (Says(error, "invalid reference format"))
            {
                throw new SandboxException(FailureReason.Misconfigured, $"'{parameters.Image}' is no name of an image", error);
            }
        }, cancellationToken);

    /// <summary>Unpacks an archive into a folder of a container that may be written.</summary>
    /// <param name="id">The container.</param>
    /// <param name="folder">The folder inside.</param>
    /// <param name="archive">A tar stream.</param>
    /// <param name="cancellationToken">Ends the wait, for which there is no other limit: it lasts as long as the archive is large.</param>
    public async ValueTask UnpackAsync(string id, string folder, Stream archive, CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await GuardAsync("unpack", id, UnpackAsync(), cancellationToken).ConfigureAwait(false);

        async Task<bool> UnpackAsync()
        {
            await client.Containers.ExtractArchiveToContainerAsync(id, new CopyToContainerParameters { Path = folder }, archive, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Starts a container; false when a program listens on its host port.</summary>
    /// <exception cref="SandboxException">The engine does not answer, or it refuses.</exception>
    public ValueTask<bool> StartContainerAsync(string id, CancellationToken cancellationToken) =>
        CallAsync("start", id, async (client, token) =>
        {
            try
            {
                await client.Containers.StartContainerAsync(id, new ContainerStartParameters(), token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (Says(error, "port is already allocated") || Says(error, "address already in use") || Says(error, "ports are not available"))
            {
                return false;
            }
            catch (DockerApiException error) when (Says(error, "wegent-executor") && (Says(error, "no such file") || Says(error, "not found")))
            {
                throw new SandboxException(FailureReason.Misconfigured, "The image holds no /usr/local/bin/wegent-executor; derive it from wegent-executor:latest", error);
            }
        }, cancellationToken);

    /// <summary>Looks at a container; null when it is gone.</summary>
    public ValueTask<ContainerInspectResponse?> FindContainerAsync(string id, CancellationToken cancellationToken) =>
        CallAsync<ContainerInspectResponse?>("inspect", id, async (client, token) =>
        {
            try
            {
                return await client.Containers.InspectContainerAsync(id, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        }, cancellationToken);

    /// <summary>All containers that have these labels, in every state.</summary>
    public ValueTask<IList<ContainerListResponse>> ListContainersAsync(IEnumerable<string> labels, CancellationToken cancellationToken) =>
        CallAsync("list", "containers", (client, token) =>
            client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Filter("label", labels) }, token), cancellationToken);

    /// <summary>Removes a container with its anonymous volumes, running or not; false when it was gone, or its removal is under way.</summary>
    public ValueTask<bool> RemoveContainerAsync(string id, CancellationToken cancellationToken) =>
        CallAsync("rm", id, async (client, token) =>
        {
            try
            {
                await client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            {
                return false;
            }
        }, cancellationToken);

    /// <summary>The last lines that a container's process wrote, at most 2,000 characters; empty when there are none.</summary>
    public ValueTask<string> ReadLogTailAsync(string id, CancellationToken cancellationToken) =>
        CallAsync("logs", id, async (client, token) =>
        {
            try
            {
                var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Tail = "10" };
                using var stream = await client.Containers.GetContainerLogsAsync(id, parameters, token).ConfigureAwait(false);
                var (stdout, stderr) = await stream.ReadOutputToEndAsync(token).ConfigureAwait(false);
                var text = (stdout + stderr).Trim();
                return text.Length <= 2000 ? text : text[^2000..];
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return "";
            }
        }, cancellationToken);

    /// <summary>All networks of exactly this name, oldest first; engines allow more than one.</summary>
    public ValueTask<IReadOnlyList<NetworkResponse>> ListNetworksAsync(string name, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<NetworkResponse>>("list", $"network {name}", async (client, token) =>
        {
            var found = await client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = Filter("name", [name]) }, token).ConfigureAwait(false);
            return [.. found.Where(network => network.Name == name).OrderBy(network => network.Created).ThenBy(network => network.ID, StringComparer.Ordinal)];
        }, cancellationToken);

    /// <summary>Creates a network; does nothing when the engine says that there is one of that name.</summary>
    public ValueTask<bool> CreateNetworkAsync(NetworksCreateParameters parameters, CancellationToken cancellationToken) =>
        CallAsync("create", $"network {parameters.Name}", async (client, token) =>
        {
            try
            {
                await client.Networks.CreateNetworkAsync(parameters, token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
            {
                return false;
            }
        }, cancellationToken);

    /// <summary>Removes a network that nobody uses; does nothing when it is gone or in use.</summary>
    public ValueTask<bool> RemoveNetworkAsync(string id, CancellationToken cancellationToken) =>
        CallAsync("rm", $"network {id}", async (client, token) =>
        {
            try
            {
                await client.Networks.DeleteNetworkAsync(id, token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            {
                return false;
            }
        }, cancellationToken);

    /// <summary>Opens the stream of containers of ours that ended or were removed.</summary>
    /// <param name="since">From when on; what happened between then and now comes first, as far as the engine remembers.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>Identifiers of containers; reading ends, or throws, when the engine goes away.</returns>
    public async ValueTask<IAsyncEnumerable<string>> OpenEndsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var parameters = new ContainerEventsParameters
        {
            Since = since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["type"] = new Dictionary<string, bool> { ["container"] = true },
                ["event"] = new Dictionary<string, bool> { ["die"] = true, ["destroy"] = true },
                ["label"] = new Dictionary<string, bool> { [DockerLabels.Sandbox] = true },
            },
        };
#pragma warning disable CS0618 // the variant with IProgress does not tell when the engine has accepted
        var stream = await CallAsync("events", "", (client, _) => client.System.MonitorEventsAsync(parameters, cancellationToken), cancellationToken).ConfigureAwait(false);
#pragma warning restore CS0618
        return ReadEndsAsync(stream, cancellationToken);
    }

    private static async IAsyncEnumerable<string> ReadEndsAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.GetProperty("Actor").GetProperty("ID").GetString()!; // every event has an actor with an id
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _gate.Dispose();
    }

    private async ValueTask<T> CallAsync<T>(string call, string target, Func<DockerClient, CancellationToken, Task<T>> body, CancellationToken cancellationToken)
    {
        var open = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        using var timeout = new CancellationTokenSource(options.Value.EngineTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        return await GuardAsync(call, target, body(open, both.Token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Awaits one call; writes its log line; turns what went wrong into our words.</summary>
    private async Task<T> GuardAsync<T>(string call, string target, Task<T> body, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        Exception failure;
        try
        {
            var result = await body.ConfigureAwait(false);
            logger.EngineCalled(call, target, clock.GetElapsedTime(started).TotalMilliseconds);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (SandboxException)
        {
            throw;
        }
        catch (DockerApiException error) when (Says(error, "client version"))
        {
            Interlocked.Exchange(ref _client, null); // the engine was replaced by another version; the old client lives until it is collected
            failure = Unavailable($"it was replaced by another version while it was in use: {Words(error)}", error);
        }
        catch (DockerApiException error)
        {
            var reason = call is "create" or "start" or "unpack" ? FailureReason.SandboxStartFailed : FailureReason.EngineUnavailable;
            failure = new SandboxException(reason, $"The engine refused to {call} {target}: {Words(error)}", error);
        }
        catch (OperationCanceledException error)
        {
            failure = Unavailable($"no answer to {call} within {options.Value.EngineTimeout.TotalSeconds:0} s", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException or TimeoutException or JsonException)
        {
            failure = Unavailable((error.InnerException ?? error).Message, error);
        }

        logger.EngineCallFailed(call, target, clock.GetElapsedTime(started).TotalMilliseconds, failure.Message);
        throw failure;
    }

    private async ValueTask<DockerClient> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_client is { } open)
            return open;

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _client ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<DockerClient> OpenAsync(CancellationToken cancellationToken)
    {
        var endpoint = Endpoint;
        using var timeout = new CancellationTokenSource(options.Value.EngineTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var unversioned = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        var version = await GuardAsync("version", "", unversioned.System.GetVersionAsync(both.Token), cancellationToken).ConfigureAwait(false);

        var api = System.Version.Parse(version.APIVersion) is var theirs && theirs < NewestApi ? theirs : NewestApi;
        logger.EngineFound(version.Version, endpoint, api.ToString());
        return new DockerClientBuilder().WithEndpoint(endpoint).WithApiVersion(api).Build();
    }

    private SandboxException Unavailable(string detail, Exception cause) =>
        new(FailureReason.EngineUnavailable, $"The container engine at {Endpoint} does not answer: {detail}", cause);

    private static bool Says(DockerApiException error, string words) =>
        error.ResponseBody?.Contains(words, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The engine's own words, out of the JSON it wraps them in.</summary>
    private static string Words(DockerApiException error)
    {
        try
        {
            using var json = JsonDocument.Parse(error.ResponseBody ?? "");
            return json.RootElement.GetProperty("message").GetString()?.Trim() ?? error.Message;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return error.Message;
        }
    }

    private static Dictionary<string, IDictionary<string, bool>> Filter(string key, IEnumerable<string> values) =>
        new() { [key] = values.ToDictionary(value => value, _ => true) };
}
