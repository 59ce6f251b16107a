using System.Net;
using System.Text.Json.Nodes;

namespace Wegent.TestKit.Models;

/// <summary>How one service writes a scripted turn.</summary>
internal interface IModelWire
{
    /// <summary>Status of the reply.</summary>
    HttpStatusCode Status { get; }

    /// <summary>The error reply.</summary>
    JsonObject Error();

    /// <summary>The whole answer, for a request without streaming.</summary>
    JsonObject Message();

    /// <summary>The events of a stream, in order.</summary>
    IEnumerable<WireEvent> Events();

    /// <summary>An event that is no JSON.</summary>
    string Garbage { get; }

    /// <summary>An event that says <c>error</c>.</summary>
    string ErrorEvent { get; }
}

/// <summary>What an event of a stream is to the script.</summary>
internal enum WireEventKind
{
    Other,
    Piece,
    BlockEnd,
    End,
}

/// <summary>An event as it stands on the wire.</summary>
/// <param name="Text">Its lines, the empty one at its end included.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct WireEvent(string Text, WireEventKind Kind);
