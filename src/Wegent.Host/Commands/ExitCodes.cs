namespace Wegent.Hosting.Commands;

/// <summary>How a command ends.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Refused or failed; the reason is on the error output.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>Ended by Ctrl-C or a signal.</summary>
    public const int Interrupted = 130;
}
