using Wegent.Runtime.Application.Definitions;
using Wegent.Storage;
using static Wegent.Runtime.Tests.Application.Definitions.ResourceFixture;

namespace Wegent.Runtime.Tests.Application.Definitions;

public sealed class ResourcePlanTests : IDisposable
{
    private static readonly string[] s_kinds = ["Ghost", "Bot", "Team"];

    private readonly ResourceFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IResourceClient Resources => _fixture.Resources;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_plan_says_what_an_apply_would_do_and_writes_nothing()
    {
        await Resources.ApplyAsync(Team, new() { Prune = "site" }, Ct);
        var task = await _fixture.Wegent.Tasks.SubmitAsync(new("team", "go"), Ct);
        var input = Stream(Team.Replace("You are a developer.", "You are another.", StringComparison.Ordinal), Ghost("new"));

        var plan = await Resources.PlanAsync(input, cancellationToken: Ct);

        Assert.Equal(["Unchanged Team", "Unchanged Bot", "Configured Ghost", "Unchanged Model", "Created Ghost"], plan.Steps.Select(static step => $"{step.Operation} {step.Kind}"));
        Assert.Equal(new FieldChange("spec.systemPrompt", "\"You are a developer.\"", "\"You are another.\""), Assert.Single(plan.Steps[2].Changes));
        var affected = Assert.Single(plan.Tasks);
        Assert.Equal((task.Id, "team", "PENDING"), (affected.TaskId, affected.Team, affected.Status));
        Assert.Equal(["Ghost/default/ghost"], affected.Uses);
        Assert.Null(await Resources.FindAsync("Ghost", "new", cancellationToken: Ct));
        Assert.True(plan.HasChanges);
        Assert.False((await Resources.PlanAsync(Team, cancellationToken: Ct)).HasChanges);
    }

    [Fact]
    public async Task A_saved_plan_is_applied_exactly_or_refused_when_something_moved()
    {
        await Resources.ApplyAsync(Stream(Ghost("a"), Ghost("b")), new() { Prune = "site" }, Ct);
        var saved = (await Resources.PlanAsync(Stream(Ghost("a", "y"), Ghost("c")), new() { Prune = "site" }, Ct)).ToJson();

        await Resources.ApplyAsync(Ghost("b", "touched"), cancellationToken: Ct);
        var stale = await Assert.ThrowsAsync<ConflictException>(async () => await Resources.ApplyPlanAsync(ResourcePlan.FromJson(saved), Ct));
        Assert.Equal("plan.stale", stale.Code);
        Assert.Contains("Ghost/default/b", stale.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], (await Resources.ListAsync("Ghost", cancellationToken: Ct)).Items.Select(static item => item.Key.Name));

        var again = ResourcePlan.FromJson((await Resources.PlanAsync(Stream(Ghost("a", "y"), Ghost("c")), new() { Prune = "site" }, Ct)).ToJson());
        var result = await Resources.ApplyPlanAsync(again, Ct);
        Assert.Equal(again.Steps.Select(static step => step.Operation), result.Resources.Select(static resource => resource.Operation));
        Assert.Equal(["a", "c"], (await Resources.ListAsync("Ghost", cancellationToken: Ct)).Items.Select(static item => item.Key.Name));
        Assert.Equal("plan.stale", (await Assert.ThrowsAsync<ConflictException>(async () => await Resources.ApplyPlanAsync(again, Ct))).Code);
    }

    [Fact]
    public async Task A_plan_that_was_edited_is_none()
    {
        var saved = (await Resources.PlanAsync(Ghost("a"), cancellationToken: Ct)).ToJson();

        foreach (var text in (string[])["", "{}", "[]", saved.Replace("systemPrompt: x", "systemPrompt: y", StringComparison.Ordinal), saved.Replace("\"Created\"", "\"Unchanged\"", StringComparison.Ordinal)])
            Assert.Equal("plan.invalid", Assert.Throws<WegentException>(() => ResourcePlan.FromJson(text)).Code);
    }

    [Fact]
    public async Task A_plan_equals_its_effect_in_5000_random_states()
    {
        var (applied, refused, stale) = (0, 0, 0);
        for (var seed = 0; seed < 5000; seed++)
        {
            var outcome = await TryOneAsync(new Random(seed), $"owner-{seed}", seed);
            applied += outcome == Outcome.Applied ? 1 : 0;
            refused += outcome == Outcome.Refused ? 1 : 0;
            stale += outcome == Outcome.Stale ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{applied} applied, {refused} refused, {stale} stale");
        Assert.True(applied > 1000 && refused > 100 && stale > 100, $"{applied} applied, {refused} refused, {stale} stale: the states are too much alike");
    }

    private async Task<Outcome> TryOneAsync(Random random, string owner, int seed)
    {
        var resources = _fixture.Wegent.For(owner).Resources;
        for (var i = random.Next(3); i >= 0; i--)
            await TryAsync(async () => await resources.ApplyAsync(RandomInput(random), new() { Prune = RandomSet(random) }, Ct));
        var before = await SnapshotAsync(owner);
        var (input, set) = (RandomInput(random), RandomSet(random));

        ResourcePlan? plan = null;
        if (await TryAsync(async () => plan = ResourcePlan.FromJson((await resources.PlanAsync(input, new() { Prune = set }, Ct)).ToJson())) is { } planError)
        {
            Assert.Equal(planError, await TryAsync(async () => await resources.ApplyAsync(input, new() { Prune = set }, Ct)));
            Assert.Equal(before, await SnapshotAsync(owner));
            return Outcome.Refused;
        }

        if (random.Next(3) == 0)
            await TryAsync(async () => await resources.ApplyAsync(RandomInput(random), new() { Prune = RandomSet(random) }, Ct));
        var start = await SnapshotAsync(owner);
        ApplyResult? result = null;
        var error = await TryAsync(async () => result = await resources.ApplyPlanAsync(plan!, Ct));
        var after = await SnapshotAsync(owner);
        if (error is not null)
        {
            Assert.True(error == "plan.stale" && start != before, $"seed {seed}: {error}");
            Assert.Equal(start, after);
            return Outcome.Stale;
        }

        Check(plan!, result!, start, after, seed);
        return Outcome.Applied;
    }

    private static void Check(ResourcePlan plan, ApplyResult result, State start, State after, int seed)
    {
        Assert.Equal(plan.Steps.Select(static step => (step.Operation, step.Kind, step.Name)), result.Resources.Select(static resource => (resource.Operation, resource.Key.Kind, resource.Key.Name)));
        var touched = plan.Steps.ToDictionary(static step => $"{step.Kind}/{step.Name}");
        foreach (var key in start.Resources.Keys.Union(after.Resources.Keys))
        {
            var (was, @is) = (start.Resources.GetValueOrDefault(key), after.Resources.GetValueOrDefault(key));
            switch (touched.GetValueOrDefault(key)?.Operation)
            {
                case null or ApplyOperation.Unchanged:
                    Assert.True(was == @is, $"seed {seed}: {key} changed");
                    break;
                case ApplyOperation.Created:
                    Assert.True(was is null && @is is not null, $"seed {seed}: {key} was not created");
                    break;
                case ApplyOperation.Pruned:
                    Assert.True(was is not null && @is is null, $"seed {seed}: {key} was not pruned");
                    break;
                default:
                    Assert.Equal(touched[key].Version, was!.Version);
                    Assert.Equal(touched[key].Changes, DocumentDiff.Between(was.Document, @is!.Document));
                    break;
            }
        }
    }

    private static string RandomInput(Random random)
    {
        var documents = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            if (random.Next(2) == 0)
                documents.Add(Ghost($"g{i}", $"p{random.Next(2)}"));
            if (random.Next(3) == 0)
                documents.Add(Bot($"b{i}", $"g{random.Next(3)}"));
        }

        if (random.Next(4) == 0)
            documents.Add($"apiVersion: agent.wecode.io/v1\nkind: Team\nmetadata: {{ name: t }}\nspec: {{ collaborationModel: solo, members: [ {{ botRef: {{ name: b{random.Next(3)} }} }} ] }}\n");
        if (documents.Count == 0)
            documents.Add(Ghost("g0"));
        string[] shuffled = [.. documents];
        random.Shuffle(shuffled);
        return Stream(shuffled);
    }

    private static string? RandomSet(Random random) => random.Next(3) switch { 0 => null, 1 => "one", _ => "two" };

    private static async Task<string?> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (WegentException error)
        {
            return error.Code;
        }
    }

    private async Task<State> SnapshotAsync(string owner)
    {
        var state = new Dictionary<string, StoredResource>();
        foreach (var kind in s_kinds)
        {
            foreach (var item in (await _fixture.Store.ListAsync(new ResourceQuery { Kind = kind, Owner = owner }, Ct)).Items)
                state.Add($"{kind}/{item.Key.Name}", item);
        }

        return new State(state);
    }

    private enum Outcome
    {
        Applied,
        Refused,
        Stale,
    }

    private sealed record State(Dictionary<string, StoredResource> Resources)
    {
        public bool Equals(State? other) => other is not null && Resources.Count == other.Resources.Count && Resources.All(entry => other.Resources.GetValueOrDefault(entry.Key) == entry.Value);

        public override int GetHashCode() => Resources.Count;
    }
}
