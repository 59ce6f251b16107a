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
}
