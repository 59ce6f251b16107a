using Wegent.Storage;

namespace Wegent.Hosting.Realtime;

/// <summary>A socket, as a room sees it.</summary>
internal interface IViewer
{
    /// <summary>Says that a room has more. Never waits, may be called by many at once.</summary>
    void Wake();

    /// <summary>Ends the socket if its token no longer counts.</summary>
    /// <param name="user">The socket's user as they are now; null when they are gone.</param>
    void Recheck(UserRecord? user);
}
