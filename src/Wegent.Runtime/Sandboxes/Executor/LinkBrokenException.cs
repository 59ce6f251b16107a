namespace Wegent.Runtime.Sandboxes.Executor;

/// <summary>One link is gone; what was asked over it is asked again over the next. Never leaves this folder.</summary>
internal sealed class LinkBrokenException() : WegentException("sandbox.link_broken", "the link to the sandbox broke");
