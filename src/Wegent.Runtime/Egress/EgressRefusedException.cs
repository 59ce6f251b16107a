namespace Wegent.Runtime.Egress;

/// <summary>An address was named that agents may not connect to (<c>egress.refused</c>).</summary>
internal sealed class EgressRefusedException(string host)
    : WegentException("egress.refused", $"'{host}' is an address of this machine or of a private network, where agents of this host may not connect to. Use a public address, or set {EgressOptions.Section}:AllowPrivateNetworks to true.");
