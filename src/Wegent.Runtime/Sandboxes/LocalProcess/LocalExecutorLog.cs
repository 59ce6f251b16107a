namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>Reads the file that a local executor writes its messages to.</summary>
internal static class LocalExecutorLog
{
    /// <summary>Its last line, or null when it said nothing.</summary>
    public static string? LastLine(string path)
    {
        try
        {
            return File.ReadLines(path).LastOrDefault(line => line.Length > 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
