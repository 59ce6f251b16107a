using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Tests.Security;

/// <summary>What a host does about users and keys when it starts for the first time, and what settings stop it.</summary>
public sealed class FirstStartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_password_in_the_settings_one_is_made_up_and_kept_for_showing_once()
    {
        await using var host = await TestHost.StartAsync(new() { ["Wegent:Auth:AdminPassword"] = null });
        var first = host.Services.GetRequiredService<FirstStart>();
        Assert.Equal(20, first.GeneratedPassword!.Length);
        using var client = await host.SignInAsync(password: first.GeneratedPassword);

        await first.StartAsync(Ct);
        Assert.Equal(20, first.GeneratedPassword.Length);
    }

    [Fact]
    public async Task With_a_password_in_the_settings_none_is_shown()
    {
        await using var host = await TestHost.StartAsync();
        Assert.True(host.Services.GetRequiredService<FirstStart>().AdminAdded);
        Assert.Null(host.Services.GetRequiredService<FirstStart>().GeneratedPassword);
    }

    [Fact]
    public async Task Without_sign_in_everybody_on_this_machine_is_the_local_administrator()
    {
        await using var host = await TestHost.StartAsync(new() { ["Wegent:Auth:Mode"] = "none" });
        var me = await TestHost.ReadAsync(await host.Anonymous.GetAsync("/api/users/me", Ct));
        Assert.Equal("local", me.GetProperty("user_name").GetString());
        Assert.Equal("admin", me.GetProperty("role").GetString());
        await using var chat = await ChatClient.ConnectAsync(host);
        await chat.AckAsync("task:leave", new { task_id = 1 });

        // But not a page in their browser, nor a name that somebody made point here.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, static request => request.Headers.Add("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, static request => request.Headers.Host = "evil.example"));
    }

    [Fact]
    public async Task All_wrong_settings_are_named_at_once_and_no_secret_with_them()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestHost.StartAsync(new()
        {
            ["Wegent:Urls"] = "http://0.0.0.0:0",
            ["Wegent:Auth:Mode"] = "None",
            ["Wegent:Auth:AdminPassword"] = "hunter2",
            ["Wegent:Auth:SigningKey"] = "tooshort",
            ["Wegent:Auth:TokenLifetime"] = "00:00:01",
            ["Wegent:Limits:BodyBytes"] = "1",
            ["Wegent:Realtime:SendTimeout"] = "10.00:00:00",
        }));
        string[] failures = [.. Failures(error)];
        foreach (var key in (string[])["Wegent:Auth:Mode", "Wegent:Auth:AdminPassword", "Wegent:Auth:SigningKey", "Wegent:Auth:TokenLifetime", "Wegent:Limits:BodyBytes", "Wegent:Realtime:SendTimeout"])
            Assert.Single(failures, failure => failure.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(failures, static failure => failure.Contains("hunter2", StringComparison.Ordinal) || failure.Contains("tooshort", StringComparison.Ordinal));
    }

    [Fact]
    public void The_key_is_made_once_and_nobody_else_can_read_it()
    {
        var folder = Directory.CreateTempSubdirectory("wegent-key-").FullName;
        try
        {
            var wegent = Options.Create(new Wegent.Runtime.WegentOptions { DataDirectory = Path.Combine(folder, "data") });
            var keys = Enumerable.Range(0, 8).AsParallel().Select(_ => Convert.ToBase64String(new SigningKey(Options.Create(new AuthOptions()), wegent).Key.Key)).ToList();
            Assert.Single(keys.Distinct());
            var file = Assert.Single(Directory.GetFiles(Path.Combine(folder, "data")));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

            File.WriteAllText(file, "c2hvcnQ=");
            var error = Assert.Throws<WegentException>(() => new SigningKey(Options.Create(new AuthOptions()), wegent));
            Assert.Equal("auth.signing_key_unreadable", error.Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> Failures(Exception error) => error switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Failures),
        _ => throw error,
    };

    private static async Task<HttpStatusCode> StatusAsync(TestHost host, Action<HttpRequestMessage> configure)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        configure(request);
        using var reply = await host.Anonymous.SendAsync(request, Ct);
        return reply.StatusCode;
    }
}
