namespace Wegent.Runtime;

/// <summary>What all parts share. Section <c>Wegent</c>.</summary>
public sealed class WegentOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent";

    /// <summary>Folder for the database, keys and local sandboxes, created when it is missing. Default <c>.wegent</c> in the current folder.</summary>
    public string DataDirectory { get; set; } = ".wegent";
}
