using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Wegent.Executor.Link;
using Wegent.Sandboxes.Wire;

namespace Wegent.Executor.Tests.Link;

public sealed class LinkServerTests
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Fact]
    public async Task Only_the_secret_opens_the_link()
    {
        await using var executor = await ExecutorProcess.StartAsync();

        foreach (var wrong in (string?[])[null, "", "wrong", ExecutorProcess.SecretHash, ExecutorProcess.Secret + "x"])
            await Assert.ThrowsAsync<WebSocketException>(() => executor.ConnectAsync(wrong));
        await using var link = await executor.ConnectAsync();
    }

    [Fact]
    public async Task The_secret_cannot_be_found_inside_and_the_executor_cannot_be_read()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();

        var environment = await File.ReadAllTextAsync($"/proc/{executor.Pid}/environ", TestContext.Current.CancellationToken);

        Assert.DoesNotContain(ExecutorProcess.Secret, environment, StringComparison.Ordinal);
        Assert.DoesNotContain(ExecutorProcess.Secret, await File.ReadAllTextAsync($"/proc/{executor.Pid}/cmdline", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // Belonging to root, whoever runs it: that is how the kernel marks a process that nobody of the same user may trace.
        await link.ShellAsync("e", $"stat -c %u /proc/{executor.Pid}/environ");
        Assert.Equal("0", (await link.ReadToEndAsync("e")).Lines[0].Text);
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "200")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404")]
    [InlineData("GET /v1/link HTTP/1.1\r\nHost: x\r\n" + Upgrade + "\r\n", "401")]
    [InlineData("GET /v1/link HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ExecutorProcess.Secret + "\r\n\r\n", "426")]
    [InlineData("GET /v1/link HTTP/1.1\r\nHost: x\r\nOrigin: http://evil\r\nAuthorization: Bearer " + ExecutorProcess.Secret + "\r\n" + Upgrade + "\r\n", "403")]
    [InlineData("POST /v1/link HTTP/1.1\r\nHost: x\r\n\r\n", "405")]
    [InlineData("GET /healthz HTTP/1.0\r\n\r\n", "400")]
    [InlineData("GET  /healthz HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /healthz HTTP/1.1\r\nA: 1\r\nA: 2\r\n\r\n", "400")]
    [InlineData("GET /healthz HTTP/1.1\r\nA : 1\r\n\r\n", "400")]
    [InlineData("GET /healthz HTTP/1.1\r\n folded\r\n\r\n", "400")]
    [InlineData("GET /healthz HTTP/1.1\r\nA: \u00ff\r\n\r\n", "400")]
    [InlineData("GET /healthz HTTP/1.1\r\n\r\nmore", "400")]
    [InlineData("\r\n\r\n", "400")]
    [InlineData("\0\r\n\r\n", "400")]
    public async Task A_request_is_answered_by_the_book_or_refused(string request, string status)
    {
        await using var executor = await ExecutorProcess.StartAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", await executor.RequestAsync(request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_is_refused_at_its_bound()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        var request = "GET /healthz HTTP/1.1\r\nA: " + new string('x', RequestHead.MaxBytes);

        Assert.StartsWith("HTTP/1.1 431 ", await executor.RequestAsync(request[..RequestHead.MaxBytes]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_to_the_handshake_is_that_of_the_standard()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(executor.SocketPath), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/link HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ExecutorProcess.Secret}\r\n{Upgrade}\r\n"));
        var buffer = new byte[1024];

        var length = await socket.ReceiveAsync(buffer);

        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_who_say_nothing_do_not_lock_the_runtime_out()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        var strangers = Enumerable.Range(0, 100).Select(_ => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)).ToList();
        foreach (var stranger in strangers)
            await stranger.ConnectAsync(new UnixDomainSocketEndPoint(executor.SocketPath), TestContext.Current.CancellationToken);

        await using var link = await executor.ConnectAsync();
        var open = 0;
        foreach (var stranger in strangers)
        {
            if (!stranger.Poll(0, SelectMode.SelectRead))
                open++;
            stranger.Dispose();
        }

        Assert.InRange(open, 0, LinkServer.MaxStrangers);
    }

    [Fact]
    public async Task Nothing_is_done_before_the_greeting_and_only_for_a_version_that_both_speak()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync(greet: false);

        Assert.Equal(ExecutorErrors.Greeting, await link.FailureAsync(id => TestLink.Start(id, "e", "true")));
        Assert.Equal(ExecutorErrors.Version, await link.FailureAsync(id => new HelloCommand { Id = id, Versions = [0, 99] }));
        var welcome = Assert.IsType<WelcomeReply>(await link.AskAsync(id => new HelloCommand { Id = id, Versions = [99, ExecutorProtocol.Version] }));
        Assert.Equal(ExecutorProtocol.Version, welcome.Version);
        Assert.Equal((executor.Workspace, executor.Home), (welcome.Workspace, welcome.Home));
        await link.StartAsync("e", "true");
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"id":7}""")]
    [InlineData("""{"op":"dance","id":7}""")]
    [InlineData("""{"op":"start","id":7}""")]
    [InlineData("""{"op":"start","id":"7"}""")]
    [InlineData("""{"op":"start","id":7,"execution":"e","program":"true","arguments":{"a":[[[[[[[[[[]]]]]]]]]]}}""")]
    public async Task A_frame_that_is_no_command_is_answered_and_the_link_goes_on(string frame)
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();

        await link.SendRawAsync(Encoding.UTF8.GetBytes(frame));

        await link.StartAsync("e", "true");
    }

    [Fact]
    public async Task A_frame_beyond_the_bound_closes_the_link_and_nothing_else()
    {
        await using var executor = await ExecutorProcess.StartAsync();
        await using var link = await executor.ConnectAsync();
        await link.StartAsync("e", "sleep", "1000");
        _ = await Record.ExceptionAsync(() => link.SendRawAsync(new byte[ExecutorProtocol.MaxFrameBytes * 2 + 1])); // it may be cut off in the middle
        await link.WaitForCloseAsync();

        await using var next = await executor.ConnectAsync();
        await next.AskAsync(id => new FindCommand { Id = id, Execution = "e" });
    }
}
