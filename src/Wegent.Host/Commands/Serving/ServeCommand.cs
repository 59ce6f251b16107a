using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Wegent.Hosting.Api;
using Wegent.Hosting.Security;
using Wegent.Runtime;
using Wegent.Runtime.Messaging;
using Wegent.Runtime.Security;
using Wegent.Runtime.Storage;

namespace Wegent.Hosting.Commands.Serving;

/// <summary><c>serve</c>: the host. Says what it is and where, then runs until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create(Terminal terminal)
    {
        var urls = new Option<string?>("--urls") { Description = $"Where to listen, separated by ';'. Default {ServerOptions.DefaultUrl}.", HelpName = "URLS" };
        var command = new Command("serve", "Start the host: HTTP API and WebSocket.") { urls };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(urls), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? urls, Terminal terminal, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        HostSettings.Add(builder.Configuration, urls is null ? [] : [new("Wegent:Urls", urls)]);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(static options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Services.AddWegentRuntime();
        builder.WebHost.UseKestrel();
        builder.AddHost();
        await using var app = builder.Build();
        HostSettings.Check(app.Services);
        app.MapHost();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            terminal.Fail($"{error.Message} Another program listens there; stop it, or choose another address with --urls.");
            return ExitCodes.Failed;
        }

        await SayHelloAsync(app, terminal);
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCodes.Done;
    }

    private static async Task SayHelloAsync(WebApplication app, Terminal terminal)
    {
        terminal.Output.WriteLine(terminal.Styled($"Wegent {ApiDescription.Version}", Style.Heading));
        foreach (var url in app.Urls)
            Line("address", url);
        Line("storage", StorageOf(app.Services));
        if (app.Services.GetRequiredService<IOptions<CacheOptions>>().Value is { Provider: CacheProvider.Redis } cache)
            Line("hints", $"Redis {cache.Servers}");
        Line("executor", await ExecutorPlace.DescribeAsync(app.Services));
        Line("sign in", SignInOf(app.Services));
        if (KeysOfItsOwn(app.Services) is [_, ..] keys)
            Line("note", $"{string.Join(" and ", keys)} not set: this host made its own. Others on the same database need the same; see docs/operations.md.");
        await terminal.Output.FlushAsync();

        void Line(string name, string value) => terminal.Output.WriteLine($"  {terminal.Styled($"{name,-9}", Style.Quiet)} {value}");
    }

    private static string StorageOf(IServiceProvider services)
    {
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        return storage.Describe(services.GetRequiredService<IOptions<WegentOptions>>().Value.DataDirectory);
    }

    // A database on a server is there for several hosts; a file is not.
    private static List<string> KeysOfItsOwn(IServiceProvider services)
    {
        var missing = new List<string>();
        if (services.GetRequiredService<IOptions<StorageOptions>>().Value.Provider != StorageProvider.MySql)
            return missing;
        if (services.GetRequiredService<IOptions<SecurityOptions>>().Value.EncryptionKeys.Count == 0)
            missing.Add($"{SecurityOptions.Section}:EncryptionKeys");
        if (services.GetRequiredService<IOptions<AuthOptions>>().Value is { SigningKey: null } auth && !AuthModes.IsNone(auth.Mode))
            missing.Add($"{AuthOptions.Section}:SigningKey");
        return missing;
    }

    private static string SignInOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<AuthOptions>>().Value;
        var first = services.GetRequiredService<FirstStart>();
        return options switch
        {
            _ when AuthModes.IsNone(options.Mode) => "nobody has to (Wegent:Auth:Mode is None); this machine only",
            _ when first.GeneratedPassword is { } password => $"{FirstStart.AdminName} / {password}   (shown this once; change it with PUT /api/users/me/password)",
            _ when first.AdminAdded => $"{FirstStart.AdminName}, with the password of Wegent:Auth:AdminPassword",
            _ => $"{FirstStart.AdminName}, with the password it has",
        };
    }
}
