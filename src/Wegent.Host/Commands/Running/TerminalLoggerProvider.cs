namespace Wegent.Hosting.Commands.Running;

/// <summary>Tells the person at the terminal what they should know, in a line each: warnings and errors of the parts that run.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new TerminalLogger(terminal);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing.
    }

    private sealed class TerminalLogger(Terminal terminal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var word = logLevel == LogLevel.Warning ? terminal.Styled("warning:", Style.Warning) : terminal.Styled("error:", Style.Failure);
            terminal.Say(exception is null ? $"{word} {formatter(state, exception)}" : $"{word} {formatter(state, exception)} {exception.Message}");
        }
    }
}
