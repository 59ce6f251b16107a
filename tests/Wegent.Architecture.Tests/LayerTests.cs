using System.Xml.Linq;

namespace Wegent.Architecture.Tests;

/// <summary>Which project may know which. A red test here is a design question, not a test to mend.</summary>
public sealed class LayerTests
{
    [Theory]
    [InlineData("Wegent.Core")]
    [InlineData("Wegent.Runtime", "Wegent.Core")]
    [InlineData("Wegent.Executor", "Wegent.Core")]
    [InlineData("Wegent.Host", "Wegent.Core", "Wegent.Runtime")]
    public void A_project_refers_only_downwards(string project, params string[] allowed) =>
        Assert.Equal(allowed, References(project, "ProjectReference").Where(reference => reference != "Wegent.Executor" || project != "Wegent.Runtime").Order());

    [Fact]
    public void The_core_has_no_package_but_the_yaml_parser_and_abstractions() =>
        Assert.All(References("Wegent.Core", "PackageReference"), package =>
            Assert.True(package == "YamlDotNet" || (package.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && package.EndsWith(".Abstractions", StringComparison.Ordinal)), package));

    [Fact]
    public void The_executor_has_no_package_at_all() =>
        Assert.Empty(References("Wegent.Executor", "PackageReference"));

    [Fact]
    public void The_host_sees_only_what_is_public()
    {
        // If the host needs an internal, the SDK lacks a feature.
        foreach (var assembly in new[] { typeof(WegentException).Assembly, typeof(IWegentClient).Assembly })
        {
            var friends = assembly.GetCustomAttributes(typeof(System.Runtime.CompilerServices.InternalsVisibleToAttribute), inherit: false)
                .Cast<System.Runtime.CompilerServices.InternalsVisibleToAttribute>()
                .Select(friend => friend.AssemblyName);
            Assert.DoesNotContain("Wegent.Host", friends);
        }
    }

    private static IEnumerable<string> References(string project, string item) =>
        XDocument.Load(Path.Combine(SourceTree.Root, "src", project, project + ".csproj"))
            .Descendants(item)
            .Where(element => element.Attribute("PrivateAssets")?.Value != "all")
            .Select(element => Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value.Replace('\\', '/') + (item == "PackageReference" ? ".x" : "")));
}
