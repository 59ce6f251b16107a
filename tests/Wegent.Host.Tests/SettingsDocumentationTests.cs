using System.Reflection;
using Wegent.Hosting.Realtime;
using Wegent.Hosting.Security;
using Wegent.Runtime;

namespace Wegent.Hosting.Tests;

public sealed class SettingsDocumentationTests
{
    [Fact]
    public void Every_setting_is_documented_and_every_documented_setting_exists()
    {
        var types = typeof(WegentOptions).Assembly.GetExportedTypes()
            .Concat([typeof(AuthOptions), typeof(RealtimeOptions), typeof(ServerOptions)])
            .Where(static type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is not null);
        var keys = types.SelectMany(static type => KeysOf(type, (string)type.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!)).Order(StringComparer.Ordinal);

        var documented = File.ReadLines(Path.Combine(Repository.Root, "docs", "settings.md"))
            .Where(static line => line.StartsWith("| `Wegent:", StringComparison.Ordinal))
            .Select(static line => line.Split('`')[1])
            .Order(StringComparer.Ordinal);

        Assert.Equal(keys, documented);
    }

    private static IEnumerable<string> KeysOf(Type type, string section) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => property.SetMethod is { IsPublic: true } || property.PropertyType.IsGenericType || property.PropertyType == typeof(ServerLimits))
        .SelectMany(property => property.PropertyType == typeof(ServerLimits) ? KeysOf(typeof(ServerLimits), $"{section}:{property.Name}") : [$"{section}:{property.Name}"]);
}
