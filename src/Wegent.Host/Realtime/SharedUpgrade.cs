using Microsoft.AspNetCore.Http.Features;

namespace Wegent.Hosting.Realtime;

/// <summary>Hands the framework's WebSocket a <see cref="SharedStream"/> when a connection is upgraded, and keeps it for us.</summary>
/// <remarks>HTTP/1.1 upgrades by a header, HTTP/2 by an extended CONNECT; to the framework these are two features.</remarks>
internal sealed class SharedUpgrade(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    /// <summary>The connection's stream; null before the upgrade.</summary>
    public SharedStream? Stream { get; private set; }

    /// <inheritdoc/>
    public bool IsUpgradableRequest => upgrade?.IsUpgradableRequest ?? false;

    /// <inheritdoc/>
    public bool IsExtendedConnect => connect?.IsExtendedConnect ?? false;

    /// <inheritdoc/>
    public string? Protocol => connect?.Protocol;

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync() => Stream = new SharedStream(await upgrade!.UpgradeAsync()); // only called when IsUpgradableRequest

    /// <inheritdoc/>
    public async ValueTask<Stream> AcceptAsync() => Stream = new SharedStream(await connect!.AcceptAsync()); // only called when IsExtendedConnect
}
