using System.Runtime.InteropServices;
using System.Text;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Processes;

/// <summary>One process as <c>/proc</c> shows it.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Parent">Process id of its parent.</param>
/// <param name="Session">Process id of its session's leader.</param>
/// <param name="Started">When it started, in clock ticks since boot; with the pid it names a process for good.</param>
/// <param name="Dead">Whether it is a zombie that nobody has collected yet.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessEntry(int Pid, int Parent, int Session, ulong Started, bool Dead)
{
    /// <summary>All processes that can be seen.</summary>
    public static List<ProcessEntry> ReadAll()
    {
        var entries = new List<ProcessEntry>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), out var pid) && Read(pid) is { } entry)
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>One process, or null when it is gone.</summary>
    public static ProcessEntry? Read(int pid)
    {
        var content = ReadSmallFile($"/proc/{pid}/stat", stackalloc byte[1024]);
        return Parse(pid, content);
    }

    /// <summary>
    /// The execution that started it, by the variable that every process of an execution inherits; null when there is none, or it may
    /// not be read.
    /// </summary>
    public static string? ReadExecution(int pid)
    {
        // Variables that the executor sets stand first, so a part of the file is enough.
        var environment = ReadSmallFile($"/proc/{pid}/environ", stackalloc byte[4096]);
        foreach (var range in environment.Split((byte)0))
        {
            var variable = environment[range];
            var equals = variable.IndexOf((byte)'=');
            if (equals >= 0 && variable[..equals].SequenceEqual(Encoding.UTF8.GetBytes(ExecutorProtocol.ExecutionVariable)))
                return Encoding.UTF8.GetString(variable[(equals + 1)..]);
        }

        return null;
    }

    /// <summary>Reads the line of <c>/proc/PID/stat</c>: <c>pid (name) state ppid pgrp session …</c>, the start as field 22.</summary>
    internal static ProcessEntry? Parse(int pid, ReadOnlySpan<byte> stat)
    {
        // The name may hold blanks and parentheses of its own: everything after the last one is ours.
        var end = stat.LastIndexOf((byte)')');
        if (end < 0 || end + 2 >= stat.Length)
            return null;
        Span<char> rest = stackalloc char[stat.Length - end - 2];
        Encoding.Latin1.GetChars(stat[(end + 2)..], rest);
        Span<Range> fields = stackalloc Range[21];
        if (((ReadOnlySpan<char>)rest).Split(fields, ' ') < 21)
            return null;
        return int.TryParse(rest[fields[1]], out var parent)
            && int.TryParse(rest[fields[3]], out var session)
            && ulong.TryParse(rest[fields[19]], out var started)
            ? new ProcessEntry(pid, parent, session, started, rest[fields[0]] is "Z" or "X")
            : null;
    }

    private static ReadOnlySpan<byte> ReadSmallFile(string path, Span<byte> buffer)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = 0;
            int read;
            while (length < buffer.Length && (read = RandomAccess.Read(file, buffer[length..], length)) > 0)
                length += read;
            return buffer[..length].ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
