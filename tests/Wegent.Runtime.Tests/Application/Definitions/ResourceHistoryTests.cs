using Wegent.Resources;
using Wegent.Runtime.Security;
using static Wegent.Runtime.Tests.Application.Definitions.ResourceFixture;

namespace Wegent.Runtime.Tests.Application.Definitions;

public sealed class ResourceHistoryTests : IDisposable
{
    private readonly ResourceFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IResourceClient Resources => _fixture.Resources;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Revisions_say_what_changed_newest_first()
    {
        foreach (var prompt in (string[])["one", "two", "three"])
            await Resources.ApplyAsync(Ghost("g", prompt), cancellationToken: Ct);

        var revisions = await Resources.ListRevisionsAsync("Ghost", "g", cancellationToken: Ct);
        var two = await Resources.ListRevisionsAsync("Ghost", "g", limit: 2, cancellationToken: Ct);

        Assert.Equal([true, false, false], revisions.Select(static revision => revision.IsCurrent));
        Assert.Equal([new("spec.systemPrompt", "\"two\"", "\"three\"")], revisions[0].Changes);
        Assert.Equal([new("spec.systemPrompt", "\"one\"", "\"two\"")], two[1].Changes);
        Assert.Empty(revisions[2].Changes);
        Assert.Equal([3L, 2L, 1L], revisions.Select(static revision => revision.Resource.Stored.Generation));
        Assert.Equal("resource.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await Resources.ListRevisionsAsync("Ghost", "nobody", cancellationToken: Ct))).Code);
    }

    [Fact]
    public async Task Undo_goes_back_to_the_revision_before_or_to_any_and_is_a_revision_itself()
    {
        var versions = new List<long>();
        foreach (var prompt in (string[])["one", "two", "three"])
            versions.Add((await Resources.ApplyAsync(Ghost("g", prompt), cancellationToken: Ct)).Resources[0].Resource.Stored.Version);

        Assert.Equal("two", PromptOf(await Resources.UndoAsync("Ghost", "g", cancellationToken: Ct)));
        Assert.Equal("one", PromptOf(await Resources.UndoAsync("Ghost", "g", toVersion: versions[0], dryRun: true, cancellationToken: Ct)));
        Assert.Equal("one", PromptOf(await Resources.UndoAsync("Ghost", "g", toVersion: versions[0], cancellationToken: Ct)));
        var same = await Resources.UndoAsync("Ghost", "g", toVersion: versions[0], cancellationToken: Ct);

        Assert.Equal(ApplyOperation.Unchanged, same.Operation);
        Assert.Equal(5, (await Resources.ListRevisionsAsync("Ghost", "g", cancellationToken: Ct)).Count);
        Assert.Equal("revision.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await Resources.UndoAsync("Ghost", "g", toVersion: 999, cancellationToken: Ct))).Code);
        await Resources.ApplyAsync(Ghost("young"), cancellationToken: Ct);
        Assert.Equal("revision.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await Resources.UndoAsync("Ghost", "young", cancellationToken: Ct))).Code);
    }

    [Fact]
    public async Task Undo_brings_the_secret_of_that_time_back()
    {
        await Resources.ApplyAsync(Team, cancellationToken: Ct);
        await Resources.ApplyAsync(Team.Replace("canary-7f3a", "canary-8b1c", StringComparison.Ordinal), cancellationToken: Ct);

        var undone = await Resources.UndoAsync("Model", "model", cancellationToken: Ct);

        Assert.DoesNotContain("canary", undone.Resource.Json, StringComparison.Ordinal);
        var stored = ((ModelResource)ResourceJson.FromJson("Model", undone.Resource.Stored.Document)).Spec.ModelConfig.FindEnv("api_key")!;
        var cipher = (CredentialCipher)_fixture.Services.GetService(typeof(CredentialCipher))!;
        Assert.Equal("canary-7f3a", cipher.Decrypt(stored));
    }

    [Fact]
    public async Task Undo_is_refused_when_the_revision_refers_to_what_is_gone()
    {
        await Resources.ApplyAsync(Stream(Ghost("old"), Ghost("new"), Bot("bot", "old")), cancellationToken: Ct);
        await Resources.ApplyAsync(Bot("bot", "new"), cancellationToken: Ct);
        await Resources.DeleteAsync([Key("Ghost", "old")], cancellationToken: Ct);

        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.UndoAsync("Bot", "bot", cancellationToken: Ct));

        Assert.Equal("revision.broken", refused.Code);
        Assert.Contains("Ghost/default/old", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_notes_the_revisions_it_runs_with()
    {
        await Resources.ApplyAsync(Team, cancellationToken: Ct);
        await Resources.ApplyAsync(Team.Replace("You are a developer.", "You are another.", StringComparison.Ordinal), cancellationToken: Ct);
        var accepted = await _fixture.Wegent.Tasks.SubmitAsync(new("team", "go"), Ct);
        await Resources.ApplyAsync(Team, cancellationToken: Ct);

        var noted = accepted.Task.Plan.Revisions.Single(static revision => revision.Kind == "Ghost");
        var revision = (await Resources.ListRevisionsAsync("Ghost", "ghost", cancellationToken: Ct)).Single(revision => revision.Version == noted.Version);

        Assert.Contains("You are another.", revision.Resource.Json, StringComparison.Ordinal);
        Assert.Equal(["Team", "Bot", "Ghost", "Shell", "Model"], accepted.Task.Plan.Revisions.Select(static revision => revision.Kind));
    }

    private static string PromptOf(AppliedResource applied) => ((GhostResource)applied.Resource.ToResource()).Spec.SystemPrompt;
}
