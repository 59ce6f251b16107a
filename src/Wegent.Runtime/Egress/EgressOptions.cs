namespace Wegent.Runtime.Egress;

/// <summary>Where agents inside this process may connect to. Section <c>Wegent:Egress</c>.</summary>
public sealed class EgressOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Egress";

    /// <summary>
    /// Whether addresses that resources name (of models, MCP servers, Dify and AgentOS) may be loopback, private or link-local. Null, the
    /// default, means yes, except in a host that other machines can reach: there it means no, since whoever may write a resource could
    /// otherwise read what only this machine can.
    /// </summary>
    public bool? AllowPrivateNetworks { get; set; }
}
