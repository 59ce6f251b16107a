namespace Wegent.Sandboxes.Wire;

/// <summary>
/// The contract between the runtime and the executor inside a sandbox, version 1. The frames are in
/// <see cref="ExecutorCommand"/> and <see cref="ExecutorMessage"/>; this page says how they are used.
/// </summary>
/// <remarks>
/// <para><b>Who dials.</b> The executor listens on a TCP port or a Unix socket, and the runtime connects. The executor never
/// opens a connection. <c>GET /healthz</c> answers 200 when it is ready, without a secret. <c>GET /v1/link</c> with
/// <c>Authorization: Bearer SECRET</c> upgrades to a WebSocket. The executor was given only the SHA-256 of the secret, so
/// nothing that can be read inside the sandbox opens the link.</para>
/// <para><b>Frames.</b> Text frames of JSON, at most <see cref="MaxFrameBytes"/>. The runtime sends commands (<c>op</c>), each
/// with an <c>id</c> that it never uses twice on a link; the executor answers each with one message (<c>type</c>) whose
/// <c>re</c> is that id. Two commands have no answer: <c>ack</c> and <c>unread</c>. Unknown fields are ignored by both sides;
/// an unknown <c>op</c> is answered by <c>failed</c>.</para>
/// <para><b>Greeting.</b> The first command is <c>hello</c> with the versions that the runtime speaks; the answer is <c>welcome</c>
/// with the one that was chosen, or <c>failed</c> with <see cref="ExecutorErrors.Version"/>. <c>welcome.instance</c> names this
/// very executor process: after a reconnect another instance means that every earlier execution is gone.</para>
/// <para><b>Every command may be sent again</b> after a reconnect: <c>prepare</c>, <c>start</c> and <c>write</c> are keyed by the
/// runtime's own ids, the others change nothing the second time.</para>
/// <para><b>Output.</b> The lines of stdout and stderr of one execution are numbered together from 0 in the order in which they
/// were read, and journaled on disk. <c>read</c> streams them from any number: <c>lines</c> messages that follow each other
/// without a gap, then one <c>ended</c>. At most <c>window</c> bytes of text are under way without an <c>ack</c>; beyond
/// that the executor waits, and its memory does not grow, because the journal is on disk. A line longer than
/// <see cref="MaxLineBytes"/> keeps its beginning, and <c>cut</c> says how many bytes were dropped. An execution that writes more
/// than its limit is ended with the reason <c>output_limit</c>: an agent whose output has holes cannot be translated.</para>
/// <para><b>Liveness.</b> WebSocket pings from both sides, every <see cref="PingInterval"/>. An executor to which no authenticated
/// link has existed for its orphan timeout ends itself and everything it started.</para>
/// </remarks>
internal static class ExecutorProtocol
{
    /// <summary>The version of this contract. A change that an older side cannot ignore raises it.</summary>
    public const int Version = 1;

    /// <summary>Path that answers 200 as soon as the executor accepts links. Needs no secret, says nothing else.</summary>
    public const string HealthPath = "/healthz";

    /// <summary>Path of the WebSocket.</summary>
    public const string LinkPath = "/v1/link";

    /// <summary>Environment variable with the SHA-256 of the link's secret, 64 hexadecimal digits.</summary>
    public const string SecretHashVariable = "WEGENT_SECRET_SHA256";

    /// <summary>Environment variable that the executor sets in every process it starts: the id of the execution.</summary>
    public const string ExecutionVariable = "WEGENT_EXECUTION";

    /// <summary>Git reference to the workspace as it was before any agent touched it.</summary>
    public const string BaselineRef = "refs/wegent/baseline";

    /// <summary>
    /// Largest frame in bytes of UTF-8 in either direction: a line of <see cref="MaxLineBytes"/> in which every byte needs the
    /// longest JSON escape (six characters), and its envelope.
    /// </summary>
    public const int MaxFrameBytes = 8 * 1024 * 1024;

    /// <summary>Longest line of output in bytes; the rest of a longer one is dropped and counted.</summary>
    public const int MaxLineBytes = 1024 * 1024;

    /// <summary>Longest line of input in bytes.</summary>
    public const int MaxInputLineBytes = MaxLineBytes;

    /// <summary>Most bytes of a file that one <c>read_file</c> returns (base64 makes a third more of them).</summary>
    public const int MaxFilePart = 4 * 1024 * 1024;

    /// <summary>Text of one <c>lines</c> message in bytes, unless a single line is longer.</summary>
    public const int MaxBatchBytes = 64 * 1024;

    /// <summary>Bytes of text under way to one reader without an acknowledgement, where the reader names no other number.</summary>
    public const int DefaultWindow = 512 * 1024;

    /// <summary>Output in bytes after which an execution is ended, where its start names no other number.</summary>
    public const long DefaultOutputLimit = 256L * 1024 * 1024;

    /// <summary>Both sides send a WebSocket ping this often.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    /// <summary>A side that gets no pong for this long closes the link.</summary>
    public static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);
}
