namespace Wegent.Architecture.Tests;

/// <summary>Which folder may know which.</summary>
public sealed class RoomTests
{
    [Theory]
    [InlineData("YamlDotNet", "Wegent.Core/Resources/Yaml/")]
    [InlineData("Anthropic", "Wegent.Runtime/Agents/Chat/")]
    [InlineData("OpenAI", "Wegent.Runtime/Agents/Chat/")]
    [InlineData("Docker.DotNet", "Wegent.Runtime/Sandboxes/Docker/")]
    [InlineData("Websocket.Client", "Wegent.Runtime/Sandboxes/Executor/")]
    [InlineData("Microsoft.Data.Sqlite", "Wegent.Runtime/Storage/Sql/Sqlite/")]
    [InlineData("SQLitePCL", "Wegent.Runtime/Storage/Sql/Sqlite/")]
    [InlineData("MySqlConnector", "Wegent.Runtime/Storage/Sql/MySql/")]
    [InlineData("Dapper", "Wegent.Runtime/Storage/Sql/MySql/")]
    [InlineData("StackExchange.Redis", "Wegent.Runtime/Messaging/Redis/")]
    [InlineData("System.CommandLine", "Wegent.Host/Commands/")]
    [InlineData("Spectre.Console", "Wegent.Host/Commands/")]
    [InlineData("Microsoft.AspNetCore.Authentication.JwtBearer", "Wegent.Host/Security/")]
    public void A_vendors_namespace_is_imported_in_one_room(string vendor, string room) =>
        Assert.All(SourceTree.Files().Where(file => file.ImportsBelow(vendor)), file => Assert.StartsWith(room, file.Path, StringComparison.Ordinal));

    [Theory]
    [InlineData("Wegent.Runtime/Application")]
    [InlineData("Wegent.Runtime/Scheduling")]
    public void Decisions_see_ports_only(string room)
    {
        string[] adapters =
        [
            "Wegent.Runtime.Storage.InMemory", "Wegent.Runtime.Storage.Sql", "Wegent.Runtime.Messaging", "Wegent.Runtime.Sandboxes.Docker",
            "Wegent.Runtime.Sandboxes.LocalProcess", "Wegent.Runtime.Sandboxes.Executor", "Wegent.Runtime.Agents.Chat", "Wegent.Runtime.Agents.ClaudeCode", "Wegent.Runtime.Agents.Demo", "Wegent.Runtime.Agents.Dify",
        ];

        Assert.All(SourceTree.Files(room), file => Assert.All(adapters, adapter => Assert.False(file.ImportsBelow(adapter), $"{file.Path} imports {adapter}")));
    }

    [Theory]
    [InlineData("Storage", "InMemory", "Sql")]
    [InlineData("Storage/Sql", "Sqlite", "MySql")]
    [InlineData("Sandboxes", "Docker", "LocalProcess")]
    [InlineData("Agents", "Chat", "ClaudeCode", "Demo", "Dify")]
    public void Adapters_do_not_know_each_other(string port, params string[] adapters)
    {
        foreach (var adapter in adapters.Where(adapter => Directory.Exists(Path.Combine(SourceTree.Root, "src", "Wegent.Runtime", port, adapter))))
        {
            foreach (var other in adapters.Where(other => other != adapter))
                Assert.All(SourceTree.Files($"Wegent.Runtime/{port}/{adapter}"), file => Assert.False(file.ImportsBelow($"Wegent.Runtime.{port.Replace('/', '.')}.{other}"), file.Path));
        }
    }

    [Fact]
    public void No_room_has_a_name_that_says_nothing()
    {
        string[] empty = ["Utils", "Helpers", "Common", "Managers", "Models", "Interfaces"];
        Assert.All(SourceTree.Files(), file => Assert.Empty(file.Path.Split('/').Intersect(empty)));
    }
}
