using System.Net;
using System.Net.Http.Json;

namespace Wegent.Hosting.Tests.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-serve-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_host_says_where_it_is_and_how_to_sign_in_and_ends_cleanly_when_told_to()
    {
        await using var process = HostProcess.Start(_folder, "serve", "--urls", "http://127.0.0.1:0");
        var address = (await process.UntilAsync(static line => line.StartsWith("  address", StringComparison.Ordinal))).Split(' ')[^1];
        var storage = await process.UntilAsync(static line => line.StartsWith("  storage", StringComparison.Ordinal));
        Assert.Contains(Path.Combine(_folder, ".wegent", "wegent.db"), storage, StringComparison.Ordinal);
        await process.UntilAsync(static line => line.StartsWith("  executor", StringComparison.Ordinal));
        var signIn = await process.UntilAsync(static line => line.StartsWith("  sign in", StringComparison.Ordinal));
        var password = signIn.Split(" / ")[1].Split(' ')[0];

        using var client = new HttpClient { BaseAddress = new Uri(address) };
        using var reply = await client.PostAsJsonAsync("/api/auth/login", new { user_name = "admin", password }, Ct);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);

        process.Signal("TERM");
        var (code, output, _) = await process.EndAsync();
        Assert.Equal(0, code);
        Assert.Single(output.Split(password).Skip(1)); // shown once, and in no log line

        // The second start shows no password, since it has none to show.
        await using var again = HostProcess.Start(_folder, new Dictionary<string, string> { ["Wegent__Urls"] = "http://127.0.0.1:0" });
        Assert.DoesNotContain(" / ", await again.UntilAsync(static line => line.StartsWith("  sign in", StringComparison.Ordinal)), StringComparison.Ordinal);
        again.Signal("INT");
        Assert.Equal(0, (await again.EndAsync()).Code);
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_and_are_all_named()
    {
        await using var process = HostProcess.Start(_folder, new Dictionary<string, string>
        {
            ["Wegent__Urls"] = "nonsense",
            ["Wegent__Auth__Mode"] = "Magic",
            ["Wegent__Storage__MaxPoolSize"] = "0",
        });
        var (code, _, error) = await process.EndAsync();
        Assert.Equal(1, code);
        Assert.Contains("Wegent:Urls", error, StringComparison.Ordinal);
        Assert.Contains("Wegent:Auth:Mode", error, StringComparison.Ordinal);
        Assert.Contains("MaxPoolSize", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_said_in_a_line()
    {
        await using var host = await TestHost.StartAsync();
        await using var process = HostProcess.Start(_folder, "serve", "--urls", host.Address.ToString());
        var (code, _, error) = await process.EndAsync();
        Assert.Equal(1, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains("--urls", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
