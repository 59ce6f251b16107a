using System.Globalization;
using Wegent.Resources;
using Wegent.Tasks;

namespace Wegent.Hosting.Api;

/// <summary>Reads what stands in an address.</summary>
internal static class RouteValues
{
    /// <summary>A namespace as one path segment: a slash in it comes as <c>%2F</c>, which the server leaves as it is.</summary>
    public static string Namespace(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The namespace that an address means: by its path, else by its parameter, else the default one.</summary>
    public static string Namespace(string? segment, string? parameter) =>
        segment is not null ? Namespace(segment) : parameter ?? ObjectMeta.DefaultNamespace;

    /// <summary>Finds the task that an address names by number or by name.</summary>
    /// <exception cref="NotFoundException">There is none that the user may see.</exception>
    public static async ValueTask<AgentTask> GetTaskAsync(this ITaskClient tasks, string idOrName, string? namespaceName, CancellationToken cancellationToken)
    {
        var task = long.TryParse(idOrName, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await tasks.FindAsync(id, cancellationToken)
            : await tasks.FindByNameAsync(idOrName, namespaceName ?? ObjectMeta.DefaultNamespace, cancellationToken);
        return task ?? throw new NotFoundException("task.not_found", $"There is no task '{idOrName}'; GET /api/v1/tasks lists yours.");
    }

    /// <summary>A page size.</summary>
    /// <exception cref="InvalidRequestException">It is out of range.</exception>
    public static int Limit(int? limit, int standard) => limit switch
    {
        null => standard,
        >= 1 and <= 1000 => limit.Value,
        _ => throw new InvalidRequestException($"limit is {limit}; it may be 1 to 1000."),
    };
}
