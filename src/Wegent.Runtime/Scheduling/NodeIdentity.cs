using Microsoft.Extensions.Options;
using Wegent.Runtime.Storage;

namespace Wegent.Runtime.Scheduling;

/// <summary>
/// Who this process is among those that share a store. A restarted host gets its name back, so that it takes its tasks over
/// at once instead of waiting for the leases of its former self to run out.
/// </summary>
internal sealed class NodeIdentity : IDisposable
{
    private readonly FileStream? _lock;

    public NodeIdentity(IOptions<WegentOptions> options, IOptions<StorageOptions> storage)
    {
        Name = $"{Environment.MachineName}-{Guid.CreateVersion7():N}";
        if (storage.Value.Provider == StorageProvider.InMemory)
            return;

        var folder = Directory.CreateDirectory(options.Value.DataDirectory).FullName;
        try
        {
            // The lock is the proof that the process of this name is dead: the system lets go of it, whatever killed it.
            _lock = new FileStream(Path.Combine(folder, "node"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return; // another living process has this folder
        }

        using var reader = new StreamReader(_lock, leaveOpen: true);
        var name = reader.ReadToEnd();
        if (name.Length > 0)
        {
            Name = name;
            IsRestart = true;
            return;
        }

        using var writer = new StreamWriter(_lock, leaveOpen: true);
        writer.Write(Name);
        writer.Flush();
        _lock.Flush(flushToDisk: true);
    }

    /// <summary>Name of this node in leases.</summary>
    public string Name { get; }

    /// <summary>Whether a process of this name ran before and is dead for certain.</summary>
    public bool IsRestart { get; }

    public void Dispose() => _lock?.Dispose();
}
