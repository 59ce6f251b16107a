using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Wegent.Resources;

namespace Wegent.Runtime.Application.Definitions;

/// <summary>Where a list page ended, in a form that clients pass back and do not read.</summary>
/// <param name="Last">The last resource of the page.</param>
/// <param name="Version">The store's version when the first page was read.</param>
internal sealed record ContinueToken(ResourceKey Last, long Version)
{
    private const string Form = "1";

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', Form, Last.Owner, Last.Kind, Version.ToString(CultureInfo.InvariantCulture), Last.Namespace, Last.Name)));

    /// <summary>Reads a token back.</summary>
    /// <param name="token">The token; null or empty for the first page.</param>
    /// <param name="owner">Whose resources are listed.</param>
    /// <param name="kind">The kind that is listed.</param>
    /// <exception cref="WegentException"><c>list.bad_continue</c>: it is none, or of another list.</exception>
    public static ContinueToken? Read(string? token, string owner, string kind)
    {
        if (string.IsNullOrEmpty(token))
            return null;

        try
        {
            if (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('\n') is [Form, var itsOwner, var itsKind, var version, var namespaceName, var name]
                && itsOwner == owner && itsKind == kind
                && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return new ContinueToken(new ResourceKey(owner, namespaceName, kind, name), number);
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new WegentException("list.bad_continue", "The continue token is not one that this list gave out. Start again without it.");
    }
}
