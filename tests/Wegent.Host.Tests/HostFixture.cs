namespace Wegent.Hosting.Tests;

/// <summary>One host for the tests of a class: they run one after the other, each with tasks of its own.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    internal TestHost Host { get; private set; } = null!;

    /// <summary>Signed in as the administrator, whose team is <see cref="TestHost.Team"/>.</summary>
    internal HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        Admin = await Host.SignInWithTeamAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Host.DisposeAsync();
    }
}
