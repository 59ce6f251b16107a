namespace Wegent.Runtime.Egress;

/// <summary>A service said nothing for too long.</summary>
internal sealed class SilenceException(TimeSpan limit) : Exception
{
    public TimeSpan Limit => limit;
}
