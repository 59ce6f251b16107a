using Wegent.Resources;
using Wegent.Resources.Yaml;
using Wegent.Validation;

namespace Wegent.Core.Tests;

public sealed class SamplesTests
{
    [Theory]
    [InlineData("demo-team.yaml")]
    [InlineData("demo-coordinate.yaml")]
    [InlineData("chat-team.yaml")]
    [InlineData("dify-team.yaml")]
    [InlineData("dev-team")]
    [InlineData("kinds")]
    public void A_sample_is_without_any_finding(string name)
    {
        var path = Path.Combine(Repository.Root, "samples", "resources", name);
        string[] files = File.Exists(path) ? [path] : Directory.GetFiles(path, "*.yaml");

        var set = ResourceSet.Combine(files.Select(file => ResourceReader.Read(File.ReadAllText(file), Path.GetFileName(file), new ReaderOptions { Strict = true, ShellTypes = ShellTypes.BuiltIn })));

        Assert.Empty(set.Diagnostics);
        Assert.Empty(ReferenceChecker.Check(set, "alice", BuiltInResources.ByKey));
        Assert.Contains(set.Resources, resource => resource is TeamResource);
    }
}
