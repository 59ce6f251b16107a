using System.Security.Cryptography;
using System.Text;
using Wegent.Sandboxes;

namespace Wegent.Runtime.Security;

/// <summary>Secrets of sandboxes, derived from the host's key: nothing to store, and the same again after a restart.</summary>
internal sealed class SandboxSecrets(KeyRing keys) : ISandboxSecrets
{
    public string For(string sandboxId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keys.Current, Encoding.UTF8.GetBytes("sandbox:" + sandboxId)));
}
