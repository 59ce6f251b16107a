using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Wegent.Hosting.Realtime;
using Wegent.Hosting.Security;
using Wegent.Storage;

namespace Wegent.Hosting.Tests;

/// <summary>The real host on a real port, with an in-memory store and a <see cref="PuppetAgent"/>.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string AdminPassword = "correct horse battery";

    public const string UserPassword = "a password of a user";

    /// <summary>A team of one bot that <see cref="Agent"/> moves.</summary>
    public const string Team = """
        apiVersion: agent.wecode.io/v1
        kind: Ghost
        metadata: { name: ghost }
        spec: { systemPrompt: You are a puppet. }
        ---
        apiVersion: agent.wecode.io/v1
        kind: Shell
        metadata: { name: puppet }
        spec: { shellType: Puppet }
        ---
        apiVersion: agent.wecode.io/v1
        kind: Bot
        metadata: { name: bot }
        spec: { ghostRef: { name: ghost }, shellRef: { name: puppet } }
        ---
        apiVersion: agent.wecode.io/v1
        kind: Team
        metadata: { name: team }
        spec:
          collaborationModel: solo
          members: [ { botRef: { name: bot } } ]
        """;

    private readonly WebApplication _app;
    private readonly string _folder;

    private TestHost(WebApplication app, string folder, PuppetAgent agent)
    {
        _app = app;
        _folder = folder;
        Agent = agent;
        Address = new Uri(app.Urls.First());
        Anonymous = new HttpClient { BaseAddress = Address };
    }

    public PuppetAgent Agent { get; }

    public Uri Address { get; }

    /// <summary>A client that has not signed in.</summary>
    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _app.Services;

    public RoomRouter Rooms => Services.GetRequiredService<RoomRouter>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<TestHost> StartAsync(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null, TimeProvider? clock = null)
    {
        var folder = Directory.CreateTempSubdirectory("wegent-host-test-").FullName;
        var agent = new PuppetAgent();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Wegent:Urls"] = "http://127.0.0.1:0",
            ["Wegent:DataDirectory"] = folder,
            ["Wegent:Storage:Provider"] = "InMemory",
            ["Wegent:Auth:AdminPassword"] = AdminPassword,
            ["Wegent:Limits:RequestBurst"] = "100000",
        });
        if (settings is not null)
            builder.Configuration.AddInMemoryCollection(settings);
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        builder.Services.AddWegent();
        builder.Services.AddSingleton<Wegent.Agents.IAgent>(agent);
        builder.WebHost.UseKestrel();
        builder.AddHost();
        configure?.Invoke(builder.Services);
        var app = builder.Build().MapHost();
        await app.StartAsync(Ct);
        return new TestHost(app, folder, agent);
    }

    /// <summary>Signs in, and sends the token from then on.</summary>
    public async Task<HttpClient> SignInAsync(string userName = "admin", string password = AdminPassword)
    {
        using var reply = await Anonymous.PostAsJsonAsync("/api/auth/login", new { user_name = userName, password }, Ct);
        reply.EnsureSuccessStatusCode();
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await ReadAsync(reply)).GetProperty("access_token").GetString());
        return client;
    }

    /// <summary>Adds a user and signs in as them.</summary>
    public async Task<HttpClient> AddUserAsync(string name)
    {
        var hash = Services.GetRequiredService<Passwords>().Hash(UserPassword);
        await Services.GetRequiredService<IUserStore>().CreateAsync(new NewUser(name, Roles.User, hash), Ct);
        return await SignInAsync(name, UserPassword);
    }

    /// <summary>Signs in as the administrator and applies <see cref="Team"/>.</summary>
    public async Task<HttpClient> SignInWithTeamAsync()
    {
        var client = await SignInAsync();
        using var reply = await client.PostAsync("/api/v1/apply", new StringContent(Team, Encoding.UTF8, "application/yaml"), Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
        return client;
    }

    /// <summary>Gives the team a task.</summary>
    public static async Task<long> SubmitAsync(HttpClient client, string prompt = "hello")
    {
        using var reply = await client.PostAsJsonAsync("/api/v1/tasks", new { prompt, team = "team" }, Ct);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Ct));
        return (await ReadAsync(reply)).GetProperty("status").GetProperty("taskId").GetInt64();
    }

    /// <summary>Reads a task's events to its end, from the store.</summary>
    public async Task<IReadOnlyList<Events.RecordedEvent>> EventsAsync(long taskId, string owner = "admin")
    {
        var events = new List<Events.RecordedEvent>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await foreach (var recorded in Services.GetRequiredService<IWegentClient>().For(owner).Tasks.WatchRecordedAsync(taskId, cancellationToken: patience.Token))
            events.Add(recorded);
        return events;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage reply)
    {
        using var document = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Ct));
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
