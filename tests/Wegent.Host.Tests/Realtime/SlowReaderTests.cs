using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Wegent.Hosting.Tests.Realtime;

/// <summary>One that does not read holds up nobody, is told so, and can come back.</summary>
public sealed class SlowReaderTests
{
    [Fact]
    public async Task A_reader_that_stops_is_closed_with_1013_while_the_others_get_everything()
    {
        await using var host = await TestHost.StartAsync(new() { ["Wegent:Realtime:SendTimeout"] = "00:00:01" });
        using var client = await host.SignInWithTeamAsync();

        // More than the network of both sides takes without being read.
        host.Agent.Script = PuppetAgent.Pieces(400, length: 20_000);
        var taskIds = new List<long>();
        for (var i = 0; i < 3; i++)
            taskIds.Add(await TestHost.SubmitAsync(client));

        using var stalled = await RawChat.ConnectAsync(host, client);
        foreach (var taskId in taskIds)
            await stalled.SendAsync($$$"""{"id":"r","event":"chat:resume","data":{"task_id":{{{taskId}}},"after_seq":0}}""");
        var viewers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WatchAsync(host, client, taskIds)));
        var whole = (await Task.WhenAll(taskIds.Select(id => host.EventsAsync(id)))).Sum(static events => events.Count);
        Assert.All(viewers, viewer => Assert.Equal(whole, viewer.Events));
        TestContext.Current.TestOutputHelper?.WriteLine($"longest silence of the others: {viewers.Max(static viewer => viewer.Silence).TotalMilliseconds:0} ms");

        // Only now it reads: what was on its way, whole, and then why there is no more.
        var (texts, code) = await stalled.ReadToCloseAsync();
        Assert.Equal(1013, code);
        Assert.InRange(texts, 1, whole - 1);
    }

    private static async Task<(int Events, TimeSpan Silence)> WatchAsync(TestHost host, HttpClient client, List<long> taskIds)
    {
        await using var chat = await ChatClient.ConnectAsync(host, client);
        foreach (var taskId in taskIds)
            await chat.AckAsync("chat:resume", new { task_id = taskId, after_seq = 0 });
        var last = taskIds.ToDictionary(static id => $"task:{id}", static _ => 0L);
        var silence = TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        for (var open = taskIds.Count; open > 0;)
        {
            var frame = (await chat.NextEventAsync())!.Value;
            silence = silence > clock.Elapsed ? silence : clock.Elapsed;
            clock.Restart();
            var room = frame.GetProperty("room").GetString()!;
            if (!last.TryGetValue(room, out var before))
                continue;
            Assert.Equal(before + 1, frame.GetProperty("seq").GetInt64());
            last[room] = before + 1;
            open -= ChatClient.IsEnd(frame) ? 1 : 0;
        }

        return ((int)last.Values.Sum(), silence);
    }

    /// <summary>A client that reads only when it is told to, and sees close codes as they are.</summary>
    private sealed class RawChat : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        private static CancellationToken Ct => TestContext.Current.CancellationToken;

        public static async Task<RawChat> ConnectAsync(TestHost host, HttpClient client)
        {
            var chat = new RawChat();
            await chat._socket.ConnectAsync(host.Address.Host, host.Address.Port, Ct);
            await chat._socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET /chat HTTP/1.1\r\nHost: {host.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: {client.DefaultRequestHeaders.Authorization}\r\n\r\n"), Ct);
            var head = new StringBuilder();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                head.Append((char)await chat.ReadByteAsync());
            Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
            return chat;
        }

        public async Task SendAsync(string text)
        {
            // A client masks; a mask of zeros leaves the text as it is.
            var bytes = Encoding.UTF8.GetBytes(text);
            Assert.True(bytes.Length < 126);
            await _socket.SendAsync((byte[])[0x81, (byte)(0x80 | bytes.Length), 0, 0, 0, 0, .. bytes], Ct);
        }

        public async Task<(int Texts, int Code)> ReadToCloseAsync()
        {
            var texts = 0;
            while (true)
            {
                var first = await ReadByteAsync();
                long length = await ReadByteAsync();
                var extended = length switch { 126 => 2, 127 => 8, _ => 0 };
                if (extended > 0)
                    length = 0;
                for (; extended > 0; extended--)
                    length = (length << 8) | await ReadByteAsync();
                if (first == 0x88)
                    return (texts, ((await ReadByteAsync()) << 8) | await ReadByteAsync());
                Assert.True(first is 0x81 or 0x89, $"frame of type {first:x} after {texts} texts");
                texts += first == 0x81 ? 1 : 0;
                for (; length > 0; length--)
                    await ReadByteAsync();
            }
        }

        public void Dispose() => _socket.Dispose();

        private async ValueTask<byte> ReadByteAsync()
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await _socket.ReceiveAsync(_buffer, Ct);
                Assert.True(_end > 0, "The connection ended without a close frame.");
            }

            return _buffer[_start++];
        }
    }
}
