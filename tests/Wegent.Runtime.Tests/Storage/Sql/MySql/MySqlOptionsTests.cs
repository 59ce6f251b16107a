using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Wegent.Runtime.Storage;
using Wegent.Runtime.Storage.Sql.MySql;

namespace Wegent.Runtime.Tests.Storage.Sql.MySql;

/// <summary>The connection string: checked at the start, and shown to nobody.</summary>
public sealed class MySqlOptionsTests
{
    private const string Secret = "pa;ss=canary";

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData(" ", "is missing")]
    [InlineData("Database=wegent;User ID=w", "names no server")]
    [InlineData("Server=db;User ID=w", "names no database")]
    [InlineData("Server=db;Database=wegent;Password=pa;ss=canary", "a part that the driver does not know")]
    [InlineData("Server=db;Database=wegent;Port=canary", "a value that cannot be")]
    [InlineData("Server=db;Database", "a part that the driver does not know")]
    public void A_connection_string_that_cannot_be_is_refused_with_its_key_and_an_example(string? text, string problem)
    {
        var error = Assert.Throws<WegentException>(() => MySqlOptions.From(text));

        Assert.Equal("storage.bad_connection_string", error.Code);
        Assert.StartsWith("Wegent:Storage:ConnectionString", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("Write for instance: Server=", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Server=db.example.com;Database=wegent;User ID=w", "wegent at db.example.com:3306")]
    [InlineData("Host=10.0.0.7;Port=3307;Initial Catalog=w2;Uid=w", "w2 at 10.0.0.7:3307")]
    [InlineData("Server=/run/mysqld/mysqld.sock;Protocol=unix;Database=wegent", "wegent at /run/mysqld/mysqld.sock")]
    public void The_place_is_told_without_the_password(string text, string place)
    {
        var options = MySqlOptions.From($"{text};Password='{Secret}'");
        var storage = new StorageOptions { Provider = StorageProvider.MySql, ConnectionString = $"{text};Password='{Secret}'" };

        Assert.Equal(place, options.Place);
        Assert.Equal($"MySQL, {place}", storage.Describe("."));
        Assert.All([storage.Describe("."), new MySqlDialect(options).Place], static shown => Assert.DoesNotContain("canary", shown, StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_stores_rely_on_is_not_for_the_connection_string_to_say()
    {
        var settings = new MySqlConnector.MySqlConnectionStringBuilder(
            MySqlOptions.From("Server=db;Database=w;Pooling=true;UseAffectedRows=true;TreatTinyAsBoolean=true;CharacterSet=latin1;Connection Timeout=7;GuidFormat=Char36").ConnectionString);

        Assert.Equal((false, false, false, "utf8mb4", 7u), (settings.Pooling, settings.UseAffectedRows, settings.TreatTinyAsBoolean, settings.CharacterSet, settings.ConnectionTimeout));
    }

    [Fact]
    public void A_missing_connection_string_stops_the_start()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Wegent:Storage:Provider", "MySql")]).Build());
        services.AddWegent();
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.Contains("Wegent:Storage:ConnectionString is missing", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void UseMySql_sets_the_provider_and_the_string()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddWegent().UseMySql("Server=db;Database=wegent");
        using var provider = services.BuildServiceProvider();

        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;

        Assert.Equal((StorageProvider.MySql, "MySQL, wegent at db:3306"), (storage.Provider, storage.Describe(".")));
    }
}
