namespace Wegent.Benchmarks;

/// <summary>One arm of a comparison.</summary>
/// <param name="Name">What it is, for the table.</param>
/// <param name="RunAsync">Does the work once and says how many units it did.</param>
internal sealed record Contender(string Name, Func<Task<int>> RunAsync);
