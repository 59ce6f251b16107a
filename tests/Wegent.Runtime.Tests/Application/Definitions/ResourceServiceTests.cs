using Wegent.Resources;
using static Wegent.Runtime.Tests.Application.Definitions.ResourceFixture;

namespace Wegent.Runtime.Tests.Application.Definitions;

public sealed class ResourceServiceTests : IDisposable
{
    private readonly ResourceFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IResourceClient Resources => _fixture.Resources;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_change_is_told_field_by_field_and_secrets_are_masked()
    {
        await Resources.ApplyAsync(Team, cancellationToken: Ct);
        var changed = Team.Replace("canary-7f3a", "canary-8b1c", StringComparison.Ordinal).Replace("model_id: m-1", "model_id: m-2", StringComparison.Ordinal).Replace("metadata: {name: model}", "metadata: {name: model, labels: {a: b}}", StringComparison.Ordinal);

        var result = await Resources.ApplyAsync(changed, new() { DryRun = true }, Ct);

        var model = result.Resources[3];
        Assert.Equal(ApplyOperation.Configured, model.Operation);
        Assert.Equal(
            [new("metadata.labels", null, """{"a":"b"}"""), new("spec.modelConfig.env.model_id", "\"m-1\"", "\"m-2\""), new("spec.modelConfig.env.api_key", "\"***\"", "\"***\"")],
            model.Changes.OrderBy(static change => change.Path == "metadata.labels" ? 0 : change.Path.EndsWith("model_id", StringComparison.Ordinal) ? 1 : 2));
        Assert.DoesNotContain("canary", string.Concat(result.Resources.Select(static resource => resource.Resource.Json)), StringComparison.Ordinal);
        Assert.All(result.Resources.Take(3), static resource => Assert.Empty(resource.Changes));
        Assert.Equal(ApplyOperation.Unchanged, (await Resources.ApplyAsync(Team, cancellationToken: Ct)).Resources[3].Operation);
    }

    [Fact]
    public async Task A_mask_that_is_applied_back_keeps_the_secret()
    {
        await Resources.ApplyAsync(Team, cancellationToken: Ct);
        var read = (await Resources.FindAsync("Model", "model", cancellationToken: Ct))!;
        Assert.Contains("\"api_key\":\"***\"", read.Json, StringComparison.Ordinal);

        var same = await Resources.ApplyAsync(read.Json, cancellationToken: Ct);
        var patched = await Resources.PatchAsync("Model", "model", """{"metadata":{"labels":{"a":"b"}}}""", cancellationToken: Ct);

        Assert.Equal(ApplyOperation.Unchanged, Assert.Single(same.Resources).Operation);
        Assert.Equal("metadata.labels", Assert.Single(Assert.Single(patched.Resources).Changes).Path);
        var masked = Team.Replace("canary-7f3a", "'***'", StringComparison.Ordinal).Replace("metadata: {name: model}", "metadata: {name: other}", StringComparison.Ordinal).Replace("modelRef: {name: model}", "modelRef: {name: other}", StringComparison.Ordinal);
        Assert.Equal("resource.masked_secret", (await Assert.ThrowsAsync<WegentException>(async () => await Resources.ApplyAsync(masked, cancellationToken: Ct))).Code);
    }

    [Fact]
    public async Task A_stale_version_is_refused_with_the_current_one_and_nothing_is_written()
    {
        var first = (await Resources.ApplyAsync(Ghost("g"), cancellationToken: Ct)).Resources[0].Resource.Stored.Version;
        var second = (await Resources.ApplyAsync(Ghost("g", "y"), cancellationToken: Ct)).Resources[0].Resource.Stored.Version;

        var stream = Stream(Ghost("new"), Ghost("g", "z", $", resourceVersion: '{first}'"));
        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.ApplyAsync(stream, cancellationToken: Ct));
        var byOption = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.ApplyAsync(Ghost("g", "z"), new() { ExpectedVersion = $"{first}" }, Ct));
        var deletion = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.DeleteAsync([Key("Ghost", "g")], new() { ExpectedVersion = $"{first}" }, Ct));
        var patch = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.PatchAsync("Ghost", "g", """{"spec":{"systemPrompt":"z"}}""", new() { ExpectedVersion = $"{first}" }, Ct));

        Assert.All([refused, byOption, deletion, patch], error =>
        {
            Assert.Equal("resource.conflict", error.Code);
            Assert.Contains($"version {second}", error.Message, StringComparison.Ordinal);
        });
        Assert.Null(await Resources.FindAsync("Ghost", "new", cancellationToken: Ct));
        Assert.Equal(ApplyOperation.Configured, (await Resources.ApplyAsync(Ghost("g", "z", $", resourceVersion: '{second}'"), cancellationToken: Ct)).Resources[0].Operation);
    }

    [Fact]
    public async Task What_the_server_sets_is_ignored_in_what_is_applied()
    {
        const string Forged = """
            apiVersion: agent.wecode.io/v1
            kind: Ghost
            metadata: {name: g, uid: forged, generation: 99, creationTimestamp: 2001-01-01T00:00:00Z, ownerReferences: [{kind: Team, name: t, uid: forged}]}
            spec: {systemPrompt: x}
            status: {state: Unavailable, message: forged}
            """;

        var stored = (await Resources.ApplyAsync(Forged, cancellationToken: Ct)).Resources[0].Resource;

        Assert.DoesNotContain("forged", stored.Json, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", stored.Stored.Document, StringComparison.Ordinal);
        Assert.Equal(1, stored.Stored.Generation);
        Assert.Equal("Available", ((GhostResource)stored.ToResource()).Status?.State);
        Assert.Equal(ApplyOperation.Unchanged, (await Resources.ApplyAsync(Forged, cancellationToken: Ct)).Resources[0].Operation);
    }

    [Fact]
    public async Task A_set_removes_what_it_created_and_holds_no_more()
    {
        await Resources.ApplyAsync(Ghost("before"), cancellationToken: Ct);
        await Resources.ApplyAsync(Stream(Ghost("before", "y"), Ghost("a"), Ghost("b"), Bot("bot", "b")), new() { Prune = "site" }, Ct);
        await Resources.ApplyAsync(Ghost("other"), new() { Prune = "elsewhere" }, Ct);
        await Resources.ApplyAsync(Ghost("by-hand"), cancellationToken: Ct);

        var dry = await Resources.ApplyAsync(Ghost("a"), new() { Prune = "site", DryRun = true }, Ct);
        var result = await Resources.ApplyAsync(Ghost("a"), new() { Prune = "site" }, Ct);

        Assert.All([dry, result], static result => Assert.Equal(
            ["Ghost/default/a Unchanged", "Ghost/default/b Pruned", "Bot/default/bot Pruned"],
            result.Resources.Select(static resource => $"{resource.Key} {resource.Operation}")));
        Assert.Equal(["a", "before", "by-hand", "other"], await NamesAsync("Ghost"));
        Assert.Empty(await NamesAsync("Bot"));
    }

    [Fact]
    public async Task What_others_use_is_not_pruned_and_the_apply_writes_nothing()
    {
        await Resources.ApplyAsync(Stream(Ghost("a"), Ghost("b")), new() { Prune = "site" }, Ct);
        await Resources.ApplyAsync(Bot("bot", "b"), cancellationToken: Ct);

        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.ApplyAsync(Ghost("a", "new"), new() { Prune = "site" }, Ct));

        Assert.Equal("resource.in_use", refused.Code);
        Assert.Contains("Bot/default/bot", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"x\"", (await Resources.FindAsync("Ghost", "a", cancellationToken: Ct))!.Json, StringComparison.Ordinal);

        // In the same input the user may let go of it.
        var moved = await Resources.ApplyAsync(Stream(Ghost("a"), Bot("bot", "a")), new() { Prune = "site" }, Ct);
        Assert.Equal(ApplyOperation.Pruned, moved.Resources[^1].Operation);
    }

    [Fact]
    public async Task An_empty_input_is_refused_so_that_it_prunes_nothing()
    {
        await Resources.ApplyAsync(Ghost("a"), new() { Prune = "site" }, Ct);

        var refused = await Assert.ThrowsAsync<WegentException>(async () => await Resources.ApplyAsync("# nothing\n", new() { Prune = "site" }, Ct));

        Assert.Equal("apply.empty", refused.Code);
        Assert.Equal(["a"], await NamesAsync("Ghost"));
    }

    [Fact]
    public async Task A_deletion_names_all_who_refer_and_cascades_when_told_to()
    {
        await Resources.ApplyAsync(Stream(Team, Bot("second", "ghost"), Ghost("spare")), cancellationToken: Ct);
        var ghost = Key("Ghost", "ghost");

        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.DeleteAsync([ghost, Key("Ghost", "spare")], cancellationToken: Ct));
        Assert.Contains("Bot/default/bot, Bot/default/second", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["ghost", "spare"], await NamesAsync("Ghost"));

        var dry = await Resources.DeleteAsync([ghost], new() { Cascade = true, DryRun = true }, Ct);
        Assert.Equal(["ghost", "spare"], await NamesAsync("Ghost"));
        var deleted = await Resources.DeleteAsync([ghost], new() { Cascade = true }, Ct);

        Assert.Equal(dry, deleted);
        Assert.Equal(["Bot/default/bot", "Bot/default/second", "Ghost/default/ghost", "Team/default/team"], deleted.Select(static one => one.Key.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(["spare"], await NamesAsync("Ghost"));
        Assert.Empty(await NamesAsync("Team"));
        Assert.Equal(["model"], await NamesAsync("Model"));
    }

    [Fact]
    public async Task A_batch_may_remove_referrers_and_what_they_refer_to_in_any_order()
    {
        await Resources.ApplyAsync(Team, cancellationToken: Ct);

        var deleted = await Resources.DeleteAsync([Key("Ghost", "ghost"), Key("Bot", "nobody"), Key("Team", "team"), Key("Bot", "bot")], cancellationToken: Ct);

        Assert.Equal([true, false, true, true], deleted.Select(static one => one.Existed));
    }

    [Fact]
    public async Task What_belongs_to_a_resource_goes_with_it()
    {
        await Resources.ApplyAsync(Team, cancellationToken: Ct);
        await Resources.ApplyAsync(Stream(Ghost("child"), Bot("child", "child")), new() { OwnedBy = Key("Team", "team") }, Ct);
        await Resources.ApplyAsync(Ghost("grandchild"), new() { OwnedBy = Key("Ghost", "child") }, Ct);
        var child = (GhostResource)(await Resources.FindAsync("Ghost", "child", cancellationToken: Ct))!.ToResource();
        var team = (await Resources.FindAsync("Team", "team", cancellationToken: Ct))!;
        Assert.Equal(("Team", "team", team.Stored.Uid), Assert.Single(child.Metadata.OwnerReferences!) is var owner ? (owner.Kind, owner.Name, owner.Uid) : default);

        await Resources.DeleteAsync([Key("Team", "team")], cancellationToken: Ct);

        Assert.Equal(["ghost"], await NamesAsync("Ghost"));
        Assert.Equal(["bot"], await NamesAsync("Bot"));
        Assert.Equal("resource.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await Resources.ApplyAsync(Ghost("x"), new() { OwnedBy = Key("Team", "team") }, Ct))).Code);
    }

    [Fact]
    public async Task A_merge_patch_sets_and_removes_fields()
    {
        await Resources.ApplyAsync(Ghost("g", "x", ", labels: {a: b, c: d}"), cancellationToken: Ct);

        var patched = await Resources.PatchAsync("Ghost", "g", """{"metadata":{"labels":{"a":null,"e":"f"}},"spec":{"systemPrompt":"y"}}""", cancellationToken: Ct);
        var same = await Resources.PatchAsync("Ghost", "g", """{"spec":{"systemPrompt":"y"}}""", cancellationToken: Ct);

        var ghost = (GhostResource)Assert.Single(patched.Resources).Resource.ToResource();
        Assert.Equal(("y", 2L), (ghost.Spec.SystemPrompt, ghost.Metadata.Generation));
        Assert.Equal(["c", "e"], ghost.Metadata.Labels!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ApplyOperation.Unchanged, Assert.Single(same.Resources).Operation);
        Assert.Equal("resource.not_found", (await Assert.ThrowsAsync<NotFoundException>(async () => await Resources.PatchAsync("Ghost", "nobody", "{}", cancellationToken: Ct))).Code);
        Assert.Equal("patch.identity", (await Assert.ThrowsAsync<WegentException>(async () => await Resources.PatchAsync("Ghost", "g", """{"metadata":{"name":"h"}}""", cancellationToken: Ct))).Code);
        Assert.Equal("patch.invalid", (await Assert.ThrowsAsync<WegentException>(async () => await Resources.PatchAsync("Ghost", "g", "[]", cancellationToken: Ct))).Code);
        await Assert.ThrowsAsync<InvalidResourcesException>(async () => await Resources.PatchAsync("Ghost", "g", """{"spec":{"systemPrompt":null}}""", cancellationToken: Ct));
    }

    [Fact]
    public async Task Lists_are_selected_by_labels_and_fields_and_their_pages_fit_together()
    {
        await Resources.ApplyAsync(Stream([.. Enumerable.Range(0, 25).Select(static i => Ghost($"g{i:00}", i % 2 == 0 ? "even" : "odd", $", labels: {{ third: '{i % 3}' }}"))]), cancellationToken: Ct);

        var names = new List<string>();
        string? next = null;
        long? version = null;
        do
        {
            var page = await Resources.ListAsync("Ghost", new() { LabelSelector = "third in (0,1)", FieldSelector = "spec.systemPrompt=even", Limit = 4, Continue = next }, Ct);
            Assert.True(page.Items.Count <= 4);
            Assert.Equal(version ??= page.Version, page.Version);
            names.AddRange(page.Items.Select(static item => item.Key.Name));
            next = page.Continue;
            await Resources.ApplyAsync(Ghost($"z{names.Count}"), cancellationToken: Ct); // later writes do not move the version to watch from
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(0, 25).Where(static i => i % 2 == 0 && i % 3 < 2).Select(static i => $"g{i:00}"), names);
        Assert.Equal("list.bad_selector", (await Assert.ThrowsAsync<WegentException>(async () => await Resources.ListAsync("Ghost", new() { LabelSelector = "a b" }, Ct))).Code);
        Assert.Equal("list.bad_continue", (await Assert.ThrowsAsync<WegentException>(async () => await Resources.ListAsync("Ghost", new() { Continue = "nonsense" }, Ct))).Code);
        var ghosts = await Resources.ListAsync("Ghost", new() { Limit = 1 }, Ct);
        Assert.Equal("list.bad_continue", (await Assert.ThrowsAsync<WegentException>(async () => await Resources.ListAsync("Bot", new() { Continue = ghosts.Continue }, Ct))).Code);
    }

    [Fact]
    public async Task The_status_says_whether_what_is_referred_to_is_there()
    {
        var admin = _fixture.Wegent.For(ResourceKey.SystemOwner).Resources;
        await admin.ApplyAsync(Ghost("shared"), cancellationToken: Ct);
        await Resources.ApplyAsync(Bot("bot", "shared"), cancellationToken: Ct);
        Assert.Equal("Available", await StateAsync());

        await admin.DeleteAsync([new ResourceKey(ResourceKey.SystemOwner, "default", "Ghost", "shared")], cancellationToken: Ct);

        Assert.Equal("Unavailable", await StateAsync());
        var status = ((BotResource)(await Resources.FindAsync("Bot", "bot", cancellationToken: Ct))!.ToResource()).Status!;
        var condition = Assert.Single(status.Conditions!);
        Assert.Equal(("ReferencesResolved", "False", "NotFound", 1L), (condition.Type, condition.Status, condition.Reason, condition.ObservedGeneration));
        Assert.Contains("Ghost 'shared'", status.Message, StringComparison.Ordinal);
        Assert.Equal(1, status.ObservedGeneration);

        async Task<string?> StateAsync() => ((BotResource)(await Resources.FindAsync("Bot", "bot", cancellationToken: Ct))!.ToResource()).Status?.State;
    }

    [Fact]
    public async Task Public_shells_are_there_from_the_start_and_say_whether_an_agent_runs_them()
    {
        var shells = (await Resources.ListAsync("Shell", new() { Public = true }, Ct)).Items.ToDictionary(static item => item.Key.Name, static item => (ShellResource)item.ToResource());

        Assert.Equal(ShellTypes.BuiltIn.Order(StringComparer.Ordinal), shells.Keys);
        Assert.Equal("Available", shells["Demo"].Status?.State);
        Assert.Equal("Unavailable", shells["Agno"].Status?.State);
        Assert.Empty((await Resources.ListAsync("Shell", cancellationToken: Ct)).Items);
        Assert.Equal("system", (await Resources.FindAsync("Shell", "Demo", cancellationToken: Ct))!.Key.Owner);
    }

    [Fact]
    public async Task Of_many_writers_at_once_every_one_is_served_or_told()
    {
        await Resources.ApplyAsync(Stream(Ghost("g"), Ghost("h")), cancellationToken: Ct);

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () => await Resources.ApplyAsync(Ghost("g", $"p{i}"), cancellationToken: Ct), Ct)));

        Assert.Equal(10, results.Select(static result => result.Resources[0].Resource.Stored.Version).Distinct().Count());
        Assert.Equal(11, (await _fixture.Store.FindAsync(Key("Ghost", "g"), Ct))!.Generation);
    }

    [Fact]
    public async Task A_reference_and_what_it_refers_to_never_pass_each_other()
    {
        for (var round = 0; round < 50; round++)
        {
            await Resources.ApplyAsync(Ghost("g"), cancellationToken: Ct);
            var use = Task.Run(async () => await TryAsync(async () => await Resources.ApplyAsync(Bot("bot", "g"), cancellationToken: Ct)), Ct);
            var removal = Task.Run(async () => await TryAsync(async () => await Resources.DeleteAsync([Key("Ghost", "g")], cancellationToken: Ct)), Ct);

            var outcomes = await Task.WhenAll(use, removal);

            Assert.Single(outcomes, true);
            if (outcomes[0])
                await Resources.DeleteAsync([Key("Bot", "bot")], cancellationToken: Ct);
        }

        static async Task<bool> TryAsync(Func<Task> action)
        {
            try
            {
                await action();
                return true;
            }
            catch (WegentException error) when (error.Code is "resource.invalid" or "resource.in_use")
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Modes_say_what_must_be_there()
    {
        var missing = await Assert.ThrowsAsync<NotFoundException>(async () => await Resources.ApplyAsync(Ghost("g"), new() { Mode = ApplyMode.Replace }, Ct));
        await Resources.ApplyAsync(Ghost("g"), new() { Mode = ApplyMode.Create }, Ct);
        var exists = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.ApplyAsync(Ghost("g"), new() { Mode = ApplyMode.Create }, Ct));

        Assert.Equal(("resource.not_found", "resource.exists"), (missing.Code, exists.Code));
    }

    [Fact]
    public async Task Resources_built_in_code_are_applied_too()
    {
        Resource[] documents = [new GhostResource { Metadata = new() { Name = "g" }, Spec = new() { SystemPrompt = "line one\nline two: yes" } }];

        var result = await Resources.ApplyAsync(documents, cancellationToken: Ct);

        Assert.Equal("line one\nline two: yes", ((GhostResource)result.Resources[0].Resource.ToResource()).Spec.SystemPrompt);
    }

    private async Task<IEnumerable<string>> NamesAsync(string kind) => (await Resources.ListAsync(kind, cancellationToken: Ct)).Items.Select(static item => item.Key.Name);
}
