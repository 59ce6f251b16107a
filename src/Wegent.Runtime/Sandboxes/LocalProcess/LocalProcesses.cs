using System.Text;

namespace Wegent.Runtime.Sandboxes.LocalProcess;

/// <summary>
/// Finds and kills what a sandbox left behind when its executor was killed and could not do it, or was started by a host that was
/// killed before it could write that down.
/// </summary>
internal static class LocalProcesses
{
    private const int Rounds = 50;

    /// <summary>Kills all processes whose home folder is that of the sandbox, until none is left.</summary>
    /// <returns>How many were killed.</returns>
    public static async Task<int> KillWithHomeAsync(string home, TimeProvider clock, CancellationToken cancellationToken)
    {
        HashSet<LocalProcessIdentity> killed = [];
        var variable = Encoding.UTF8.GetBytes($"\0HOME={home}\0");
        var option = Encoding.UTF8.GetBytes($"\0--home\0{home}\0");
        for (var round = 0; round < Rounds; round++)
        {
            var found = Find(variable, option);
            if (found.Count == 0)
                break;
            foreach (var process in found)
            {
                killed.Add(process);
                process.Kill();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), clock, cancellationToken).ConfigureAwait(false);
        }

        return killed.Count;
    }

    private static List<LocalProcessIdentity> Find(byte[] variable, byte[] option)
    {
        List<LocalProcessIdentity> found = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid)
                && pid != Environment.ProcessId
                && (Contains($"{folder}/environ", variable) || Contains($"{folder}/cmdline", option))
                && LocalProcessIdentity.Of(pid) is { } process)
            {
                found.Add(process);
            }
        }

        return found;
    }

    private static bool Contains(string path, byte[] text)
    {
        try
        {
            byte[] content = [0, .. File.ReadAllBytes(path)]; // so that the first entry begins like all others
            return content.AsSpan().IndexOf(text) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // another user's, or gone
        }
    }
}
