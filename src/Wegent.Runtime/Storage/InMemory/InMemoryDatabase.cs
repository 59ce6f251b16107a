using Wegent.Storage;

namespace Wegent.Runtime.Storage.InMemory;

/// <summary>
/// What the in-memory stores share: tables in this process behind one lock, gone with it. For tests and for applications
/// that keep nothing. Nothing under the lock waits for anything.
/// </summary>
internal sealed class InMemoryDatabase(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Stack<Action> _undo = new();

    public string StoreId { get; } = Wegent.Runtime.Storage.StoreId.New(clock.GetUtcNow());

    public InMemoryTaskTables Tasks { get; } = new();

    public InMemoryResourceTable Resources { get; } = new();

    public InMemoryResourceLog ResourceLog { get; } = new();

    public Dictionary<(string Engine, string Holder), PortLease> Ports { get; } = [];

    public SortedDictionary<string, UserRecord> Users { get; } = new(StringComparer.Ordinal);

    public Dictionary<(string Owner, string Name), (string Ciphertext, DateTimeOffset UpdatedAt)> Secrets { get; } = [];

    public Dictionary<string, ApiKeyRecord> ApiKeys { get; } = new(StringComparer.Ordinal); // by hash

    public long LastApiKeyId { get; set; }

    public long Version { get; set; }

    public DateTimeOffset Now => StoreTime.Now(clock);

    /// <summary>Reads under the lock.</summary>
    public T Read<T>(Func<T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return read();
    }

    /// <summary>Writes all or nothing: when <paramref name="write"/> throws, what it did is taken back.</summary>
    public T Write<T>(Func<T> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            try
            {
                return write();
            }
            catch
            {
                while (_undo.TryPop(out var undo))
                    undo();
                throw;
            }
            finally
            {
                _undo.Clear();
            }
        }
    }

    /// <summary>Writes to the tables of tasks, all or nothing.</summary>
    public ValueTask<T> WriteTasksAsync<T>(Func<ITaskRows, DateTimeOffset, ValueTask<T>> write, CancellationToken cancellationToken) => new(Write(
        () =>
        {
            // Rows in memory are there at once, so the whole body has run when it returns.
            var done = write(new InMemoryTaskRows(Tasks, OnUndo), Now);
            return done.IsCompleted ? done.GetAwaiter().GetResult() : throw new InvalidOperationException("A write to memory waited.");
        },
        cancellationToken));

    /// <summary>Says how to take a step back, should the write fail later.</summary>
    public void OnUndo(Action undo) => _undo.Push(undo);
}
