namespace Wegent.Hosting.Realtime;

/// <summary>What several sockets watch together: its newest frames, and who is to be told of more.</summary>
internal abstract class Room(string name, long startSeq) : IDisposable
{
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _gate = new();
    private readonly HashSet<IViewer> _viewers = [];

    /// <summary>Name on the wire, such as <c>task:42</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The newest frames.</summary>
    public FrameLog Log { get; } = new(startSeq);

    /// <summary>Begins to work. Called once.</summary>
    public void Open() => _ = RunAsync(_life.Token);

    /// <summary>Stops working: nobody watches any more.</summary>
    public void Dispose()
    {
        _life.Cancel();
        _life.Dispose();
    }

    /// <summary>How many watch.</summary>
    public int ViewerCount
    {
        get
        {
            lock (_gate)
                return _viewers.Count;
        }
    }

    /// <summary>Adds a viewer. Called by the router only.</summary>
    public void Add(IViewer viewer)
    {
        lock (_gate)
            _viewers.Add(viewer);
    }

    /// <summary>Removes a viewer. Called by the router only.</summary>
    /// <returns>Whether nobody is left.</returns>
    public bool Remove(IViewer viewer)
    {
        lock (_gate)
        {
            _viewers.Remove(viewer);
            return _viewers.Count == 0;
        }
    }

    /// <summary>Finds out what happens, and adds it to the frames. Throws nothing.</summary>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Tells every viewer that there is more. Waits for nobody.</summary>
    protected void WakeAll()
    {
        lock (_gate)
        {
            foreach (var viewer in _viewers)
                viewer.Wake();
        }
    }

    /// <summary>The viewers of now.</summary>
    protected IReadOnlyList<IViewer> Viewers()
    {
        lock (_gate)
            return [.. _viewers];
    }
}
