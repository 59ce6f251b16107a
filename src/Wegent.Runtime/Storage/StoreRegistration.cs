using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Storage.InMemory;
using Wegent.Runtime.Storage.Sql;
using Wegent.Runtime.Storage.Sql.MySql;
using Wegent.Runtime.Storage.Sql.Sqlite;
using Wegent.Storage;

namespace Wegent.Runtime.Storage;

/// <summary>Registers the stores of the provider that the settings name. A store that the application registered itself stays.</summary>
internal static class StoreRegistration
{
    public static void AddStores(IServiceCollection services)
    {
        services.TryAddSingleton<InMemoryDatabase>();
        services.TryAddSingleton(OpenDatabase);
        Add<IResourceStore, InMemoryResourceStore, SqlResourceStore>(services);
        Add<ITaskStore, InMemoryTaskStore, SqlTaskStore>(services);
        Add<IRunStore, InMemoryRunStore, SqlRunStore>(services);
        Add<IPortLeaseStore, InMemoryPortLeaseStore, SqlPortLeaseStore>(services);
        Add<IUserStore, InMemoryUserStore, SqlUserStore>(services);
        Add<ISecretStore, InMemorySecretStore, SqlSecretStore>(services);
    }

    private static void Add<TPort, TInMemory, TSql>(IServiceCollection services)
        where TPort : class
        where TInMemory : class, TPort
        where TSql : class, TPort
    {
        services.TryAddSingleton<TInMemory>();
        services.TryAddSingleton<TSql>();
        services.TryAddSingleton<TPort>(static provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value.Provider switch
        {
            StorageProvider.InMemory => provider.GetRequiredService<TInMemory>(),
            _ => provider.GetRequiredService<TSql>(),
        });
    }

    private static SqlDatabase OpenDatabase(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var folder = provider.GetRequiredService<IOptions<WegentOptions>>().Value.DataDirectory;
        return new SqlDatabase(
            storage.Provider == StorageProvider.MySql
                ? new MySqlDialect(MySqlOptions.From(storage.ConnectionString))
                : new SqliteDialect(SqliteOptions.From(storage.ConnectionString, folder)),
            Math.Max(1, storage.MaxPoolSize - 1), // and one writes
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SqlDatabase>>(),
            storage.ReadConnectionString is { } copy ? new MySqlDialect(MySqlOptions.From(copy)) : null);
    }
}
