using System.Net;
using System.Net.Sockets;

namespace Wegent.Runtime.Egress;

/// <summary>Tells addresses of the open internet from those of this machine and of private networks.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(static network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>Whether an address is one of the open internet. One that carries an IPv4 address inside is as public as that.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (Array.Exists(Private, network => network.Contains(address)))
            return false;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return true;

        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) || Compatible.Contains(address) ? Is(new IPAddress(bytes.AsSpan(12)))
            : SixToFour.Contains(address) ? Is(new IPAddress(bytes.AsSpan(2, 4)))
            : !Teredo.Contains(address);
    }
}
