using System.Net.Sockets;

namespace Wegent.TestKit;

/// <summary>
/// The real servers and programs that some tests need. A test that asks for one that is not there is skipped with the reason,
/// or fails when <c>WEGENT_TEST_REQUIRE_SERVERS=1</c>, which tests/run-all.sh sets. By hand: <c>tests/services.sh start</c>.
/// </summary>
public static class TestServices
{
    private const string HowTo = "start the test servers with: tests/services.sh start && eval \"$(tests/services.sh env)\"";

    private static readonly Lazy<string?> Engine = new(() => Answers("/_ping") ? Endpoint : null);

    private static readonly Lazy<string?> Image = new(() => Answers($"/images/{ExecutorImageName}/json") ? ExecutorImageName : null);

    private static string ExecutorImageName => Variable("WEGENT_TEST_EXECUTOR_IMAGE") ?? "wegent-executor:latest";

    private static string Endpoint => Variable("DOCKER_HOST") ?? "unix:///var/run/docker.sock";

    /// <summary>Address of a Docker engine that answers, such as <c>unix:///tmp/x/docker.sock</c>.</summary>
    public static Uri Docker => new(Required(Engine.Value, $"no Docker engine answers at {Endpoint}; {HowTo}"));

    /// <summary>Name of the executor image on the engine of <see cref="Docker"/>.</summary>
    public static string ExecutorImage
    {
        get
        {
            _ = Docker;
            return Required(Image.Value, $"the engine has no image {ExecutorImageName}; build it with: samples/deploy/build-executor-image.sh --no-registry");
        }
    }

    /// <summary>Connection string of a MariaDB server where the user may create databases; it names no database.</summary>
    public static string MySql => Required(Variable("WEGENT_TEST_MYSQL"), $"WEGENT_TEST_MYSQL is not set; {HowTo}");

    /// <summary>Address of a Redis server, <c>host:port</c>, that holds nothing but what tests put there.</summary>
    public static string Redis => Required(Variable("WEGENT_TEST_REDIS"), $"WEGENT_TEST_REDIS is not set; {HowTo}");

    /// <summary>Path of the Claude Code program, in the version the agent was written for.</summary>
    public static string ClaudeCode => RequiredFile("WEGENT_TEST_CLAUDE", HowTo);

    /// <summary>Path of the executor compiled ahead of time for this machine.</summary>
    public static string NativeExecutor => RequiredFile(
        "WEGENT_TEST_EXECUTOR",
        "publish it with: dotnet publish src/Wegent.Executor -c Release -r linux-x64 -o artifacts/executor, and set the variable to artifacts/executor/wegent-executor");

    private static string RequiredFile(string variable, string hint)
    {
        var path = Required(Variable(variable), $"{variable} is not set; {hint}");
        return Required(File.Exists(path) ? path : null, $"{variable} names {path}, which does not exist; {hint}");
    }

    private static string Required(string? value, string reason)
    {
        if (value is null)
        {
            if (Variable("WEGENT_TEST_REQUIRE_SERVERS") == "1")
                Assert.Fail(reason);
            Assert.Skip(reason);
        }

        return value;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool Answers(string path)
    {
        var endpoint = new Uri(Endpoint);
        using var handler = new SocketsHttpHandler();
        if (endpoint.Scheme == "unix")
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.AbsolutePath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.Scheme == "unix" ? $"http://docker{path}" : $"http://{endpoint.Authority}{path}");
        try
        {
            using var response = Task.Run(() => client.SendAsync(request, TestContext.Current.CancellationToken)).GetAwaiter().GetResult();
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or TaskCanceledException)
        {
            return false;
        }
    }
}
