namespace Wegent.Runtime.Agents.Demo;

/// <summary>What the demo agent does in a working folder: look at it, and keep one file, DEMO.md.</summary>
internal sealed class DemoWorkspace(string folder)
{
    /// <summary>Name of the file it keeps.</summary>
    public const string FileName = "DEMO.md";

    private const int MostNames = 20;

    private const long LongestFile = 256 * 1024;

    private readonly string _file = Path.Combine(folder, FileName);

    /// <summary>Names of what lies in the folder, folders with a slash, in order; at most twenty.</summary>
    public IReadOnlyList<string> Names() =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos()
            .Where(entry => !entry.Name.StartsWith('.'))
            .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name)
            .Order(StringComparer.Ordinal)
            .Take(MostNames),
    ];

    /// <summary>Adds a part to DEMO.md; a part whose heading is there already is not added again, so that a repeated run changes nothing.</summary>
    public DemoToolResult Add(string heading, string text)
    {
        try
        {
            FileInfo file = new(_file);
            // A repository may hold a link of that name, and what it points to is not ours to write.
            if (file.LinkTarget is not null || Directory.Exists(_file))
                return new($"{FileName} is a link or a folder here; left alone.", IsError: true);
            if (file.Exists && file.Length > LongestFile)
                return new($"{FileName} is too long to add to; left alone.", IsError: true);

            var before = file.Exists ? File.ReadAllText(_file) : "# What the demo agent wrote\n\nA script wrote this file to show how an agent works. Delete it whenever you like.\n";
            if (before.Contains(heading, StringComparison.Ordinal))
                return new($"{FileName} holds this part already.");
            File.WriteAllText(_file, $"{before.TrimEnd()}\n\n{heading}\n\n{text.Trim()}\n");
            return new(file.Exists ? $"{FileName} was extended." : $"{FileName} was created.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new($"{FileName} could not be written: {error.Message}", IsError: true);
        }
    }
}
