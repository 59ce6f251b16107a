namespace Wegent.Hosting.Tests.Commands;

public sealed class ValidateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wegent-validate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_that_are_in_order_are_said_to_be()
    {
        File.WriteAllText(Path.Combine(_folder, "team.yaml"), TestHost.Team.Replace("Puppet", "Demo", StringComparison.Ordinal));
        await using var process = HostProcess.Start(_folder, "validate", "team.yaml");
        var (code, output, error) = await process.EndAsync();
        Assert.Equal("", error);
        Assert.Equal("4 resources in 1 file: valid\n", output);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Each_finding_comes_with_its_line_and_a_caret()
    {
        File.WriteAllText(Path.Combine(_folder, "ghost.yaml"), "apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: g }\nspec:\n  systemPromt: x\n");
        await using var process = HostProcess.Start(_folder, "validate", "ghost.yaml");
        var (code, _, error) = await process.EndAsync();
        Assert.Equal(1, code);
        Assert.Contains("ghost.yaml:5:3: ", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'systemPrompt'?", error, StringComparison.Ordinal);
        Assert.Contains("    5 |   systemPromt: x", error, StringComparison.Ordinal);
        Assert.Contains("      |   ^", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', error);
    }

    [Fact]
    public async Task A_folder_and_the_input_are_read_as_well_and_files_may_refer_to_each_other()
    {
        var documents = TestHost.Team.Replace("Puppet", "Demo", StringComparison.Ordinal).Split("---\n");
        for (var i = 0; i < documents.Length; i++)
            File.WriteAllText(Path.Combine(_folder, $"{9 - i}.yaml"), documents[i]);
        await using var process = HostProcess.Start(_folder, "validate", ".", "-");
        await process.WriteAsync("apiVersion: agent.wecode.io/v1\nkind: Ghost\nmetadata: { name: other }\nspec: { systemPrompt: x }\n");
        var (code, output, error) = await process.EndAsync();
        Assert.Equal("", error);
        Assert.Equal("5 resources in 5 files: valid\n", output);
        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("validate", "nothing.yaml")]
    [InlineData("validate", "--no-such-option", "x.yaml")]
    [InlineData("dance")]
    public async Task Wrong_usage_is_2_and_says_what_is_wrong(params string[] arguments)
    {
        await using var process = HostProcess.Start(_folder, arguments);
        var (code, output, error) = await process.EndAsync();
        Assert.Equal(2, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal("", output);
    }
}
