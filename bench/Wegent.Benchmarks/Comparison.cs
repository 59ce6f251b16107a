using System.Diagnostics;
using System.Globalization;

namespace Wegent.Benchmarks;

/// <summary>
/// Runs contenders in turns, so that what disturbs the machine disturbs all of them, and compares each with the first one round by
/// round. The median of those ratios is the result; absolute figures are only the weather.
/// </summary>
internal sealed class Comparison(string title, string unit, int rounds)
{
    private readonly List<Contender> _contenders = [];

    public Comparison Add(string name, Func<Task<int>> runAsync)
    {
        _contenders.Add(new Contender(name, runAsync));
        return this;
    }

    public async Task RunAsync()
    {
        foreach (var contender in _contenders)
            await contender.RunAsync(); // warm-up

        var rates = _contenders.Select(_ => new List<double>()).ToArray();
        var allocated = new double[_contenders.Count];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < _contenders.Count; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                var bytes = GC.GetTotalAllocatedBytes(precise: true);
                var start = Stopwatch.GetTimestamp();
                var units = await _contenders[i].RunAsync();
                rates[i].Add(units / Stopwatch.GetElapsedTime(start).TotalSeconds);
                allocated[i] = (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)units;
            }
        }

        Console.WriteLine($"{title}, {rounds} rounds");
        Console.WriteLine($"  {"",-52} {unit + "/s",14} {"B each",12} {"ratio to the first, median (min to max)",42}");
        for (var i = 0; i < _contenders.Count; i++)
        {
            var ratios = rates[i].Zip(rates[0], static (mine, first) => mine / first).Order().ToArray();
            var ratio = i == 0 ? "" : $"{Number(ratios[ratios.Length / 2])} ({Number(ratios[0])} to {Number(ratios[^1])})";
            Console.WriteLine($"  {_contenders[i].Name,-52} {Number(Median(rates[i])),14} {Number(allocated[i]),12} {ratio,42}");
        }

        Console.WriteLine();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.00", CultureInfo.InvariantCulture);
}
