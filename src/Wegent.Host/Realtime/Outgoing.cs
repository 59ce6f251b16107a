namespace Wegent.Hosting.Realtime;

/// <summary>One step for a socket's sender: a frame, and what changes once it is on its way. So an ack always comes before the events it announces.</summary>
/// <param name="Frame">The frame; null when there is none.</param>
/// <param name="Join">A seat to serve from now on, in place of the one in the same room.</param>
/// <param name="Leave">A room to serve no longer.</param>
internal readonly record struct Outgoing(byte[]? Frame, Seat? Join = null, Room? Leave = null);
