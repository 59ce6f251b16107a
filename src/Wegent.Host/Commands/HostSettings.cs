using Microsoft.Extensions.Options;

namespace Wegent.Hosting.Commands;

/// <summary>Where settings come from, the later ones first in right: what is shipped, the current folder, the environment, the command line.</summary>
internal static class HostSettings
{
    private const string FileName = "appsettings.json";

    public static void Add(IConfigurationBuilder configuration, IEnumerable<KeyValuePair<string, string?>> commandLine)
    {
        configuration.Sources.Clear();
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, FileName), optional: true, reloadOnChange: false);
        configuration.AddJsonFile(Path.Combine(Directory.GetCurrentDirectory(), FileName), optional: true, reloadOnChange: false);
        configuration.AddEnvironmentVariables("ASPNETCORE_");
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(commandLine);
    }

    /// <summary>Checks all settings, before any part is made that would stumble over the first wrong one.</summary>
    /// <exception cref="OptionsValidationException">Some are wrong: every one is named.</exception>
    public static void Check(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (AggregateException error) when (error.InnerExceptions.All(static inner => inner is OptionsValidationException))
        {
            throw new OptionsValidationException("", typeof(object), error.InnerExceptions.SelectMany(static inner => ((OptionsValidationException)inner).Failures));
        }
    }
}
