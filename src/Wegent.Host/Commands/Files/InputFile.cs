namespace Wegent.Hosting.Commands.Files;

/// <summary>A file of resources, read.</summary>
/// <param name="Name">Its name as the user wrote it, for findings; <c>(stdin)</c> for the input.</param>
/// <param name="Text">What it holds.</param>
internal sealed record InputFile(string Name, string Text)
{
    private static readonly string[] s_endings = [".yaml", ".yml", ".json"];

    /// <summary>Reads files, folders (their YAML and JSON files, with those of folders below, by name) and <c>-</c> for the input.</summary>
    /// <exception cref="UsageException">One of them cannot be read, or a folder has none.</exception>
    public static IReadOnlyList<InputFile> ReadAll(IEnumerable<string> paths, Terminal terminal) => [.. paths.SelectMany(path => Read(path, terminal))];

    private static List<InputFile> Read(string path, Terminal terminal)
    {
        if (path == "-")
            return [new InputFile("(stdin)", terminal.Input.ReadToEnd())];
        try
        {
            if (!Directory.Exists(path))
                return [new InputFile(path, File.ReadAllText(path))];
            var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(static file => s_endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .Select(static file => new InputFile(file, File.ReadAllText(file)))
                .ToList();
            return files.Count > 0 ? files : throw new UsageException($"Folder '{path}' holds no .yaml, .yml or .json file.");
        }
        catch (FileNotFoundException)
        {
            throw new UsageException($"There is no file '{path}' in {Directory.GetCurrentDirectory()}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {error.Message}");
        }
    }
}
