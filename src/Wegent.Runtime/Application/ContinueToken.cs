using System.Buffers.Text;
using System.Text;
using Wegent.Resources;

namespace Wegent.Runtime.Application;

/// <summary>Where a list page ended, in a form that clients pass back and do not read.</summary>
internal static class ContinueToken
{
    public static string Write(ResourceKey last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.Namespace}\n{last.Name}"));

    /// <exception cref="WegentException"><c>list.bad_continue</c>: it is none of ours.</exception>
    public static ResourceKey? Read(string? token, string owner, string kind)
    {
        if (string.IsNullOrEmpty(token))
            return null;

        try
        {
            if (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('\n') is [var namespaceName, var name])
                return new ResourceKey(owner, namespaceName, kind, name);
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new WegentException("list.bad_continue", "The continue token is not one that a list gave out. Start again without it.");
    }
}
