using Microsoft.Extensions.Options;
using Wegent.Runtime.Storage.Sql.MySql;
using Wegent.Runtime.Storage.Sql.Sqlite;

namespace Wegent.Runtime.Storage;

/// <summary>That the connection string is one for the provider, found at the start and not at the first use.</summary>
internal sealed class StorageOptionsRules : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Provider))
            result.AddError($"{StorageOptions.Section}:Provider is {options.Provider}; it may be {string.Join(", ", Enum.GetNames<StorageProvider>())}.");
        if (ProblemOf(options) is { } problem)
            result.AddError(problem);
        if (options.ReadConnectionString is { } copy)
        {
            if (options.Provider != StorageProvider.MySql)
                result.AddError($"{StorageOptions.Section}:ReadConnectionString is set, and {StorageOptions.Section}:Provider is {options.Provider}; only MySql has copies to read from. Remove it.");
            else if (MySqlOptions.ProblemOf(copy, nameof(StorageOptions.ReadConnectionString)) is { } copyProblem)
                result.AddError(copyProblem);
        }

        return result.Build();
    }

    private static string? ProblemOf(StorageOptions options) => options.Provider switch
    {
        StorageProvider.MySql => MySqlOptions.ProblemOf(options.ConnectionString),
        StorageProvider.Sqlite => SqliteOptions.ProblemOf(options.ConnectionString),
        _ => null,
    };
}
