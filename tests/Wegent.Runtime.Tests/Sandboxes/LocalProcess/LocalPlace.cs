using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wegent.Runtime.Sandboxes.LocalProcess;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Tests.Sandboxes.LocalProcess;

/// <summary>A data directory of a test, and providers that work on it.</summary>
internal sealed class LocalPlace : IDisposable
{
    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("wl-").FullName;

    public LocalProcessOptions Options { get; } = new();

    public ISandboxSecrets Secrets { get; } = new TestSecrets();

    public string FolderOf(string sandboxId) => Path.Combine(DataDirectory, "sandboxes", sandboxId);

    public LocalProcessProvider CreateProvider(ILogger<LocalProcessProvider>? logger = null) => new(
        Microsoft.Extensions.Options.Options.Create(Options),
        Microsoft.Extensions.Options.Options.Create(new WegentOptions { DataDirectory = DataDirectory }),
        Secrets,
        TimeProvider.System,
        logger ?? NullLogger<LocalProcessProvider>.Instance);

    /// <summary>Fails when a process, a file or a socket of a sandbox is still there.</summary>
    public async Task AssertNothingIsLeftAsync(string sandboxId)
    {
        var folder = new LocalSandboxFolder(Path.Combine(DataDirectory, "sandboxes"), sandboxId);
        Assert.False(Directory.Exists(folder.Root));
        Assert.False(File.Exists(folder.Socket));
        Assert.Equal(0, await LocalProcesses.KillWithHomeAsync(folder.Home, TimeProvider.System, CancellationToken.None));
    }

    public void Dispose() => Directory.Delete(DataDirectory, recursive: true);

    private sealed class TestSecrets : ISandboxSecrets
    {
        public string For(string sandboxId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("test:" + sandboxId)));
    }
}
