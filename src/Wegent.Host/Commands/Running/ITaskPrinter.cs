using Wegent.Events;

namespace Wegent.Hosting.Commands.Running;

/// <summary>Shows a task's events as they come.</summary>
internal interface ITaskPrinter : IAsyncDisposable
{
    /// <summary>Shows one event.</summary>
    ValueTask PrintAsync(RecordedEvent recorded);
}
