using System.Globalization;
using Wegent.Benchmarks;

// dotnet run -c Release --project bench/Wegent.Benchmarks -- [yaml] [queue] [--rounds N]
var rounds = 5;
var wanted = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) && number > 0)
    {
        rounds = number;
        i++;
    }
    else
    {
        wanted.Add(args[i]);
    }
}

var benchmarks = new Dictionary<string, Func<int, Task>>(StringComparer.Ordinal)
{
    ["yaml"] = YamlBenchmark.RunAsync,
    ["queue"] = QueueBenchmark.RunAsync,
};
if (wanted.Find(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'; there are: {string.Join(", ", benchmarks.Keys)}. Options: --rounds N.");
    return 2;
}

foreach (var (name, runAsync) in benchmarks)
{
    if (wanted.Count == 0 || wanted.Contains(name))
        await runAsync(rounds);
}

return 0;
