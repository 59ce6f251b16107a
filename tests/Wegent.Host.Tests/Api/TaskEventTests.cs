using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Wegent.Hosting.Tests.Api;

/// <summary>Server-sent events: the same log, the same numbers.</summary>
public sealed class TaskEventTests : IClassFixture<HostFixture>
{
    private readonly TestHost _host;
    private readonly HttpClient _client;

    public TaskEventTests(HostFixture fixture)
    {
        _host = fixture.Host;
        _client = fixture.Admin;
        _host.Agent.Script = PuppetAgent.Echo;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_stream_holds_the_whole_log_and_ends_with_the_turn()
    {
        _host.Agent.Script = PuppetAgent.Pieces(500);
        var id = await TestHost.SubmitAsync(_client);
        var events = await ReadAsync($"/api/v1/tasks/{id}/events");
        Assert.Equal((await _host.EventsAsync(id)).Select(static e => (e.Seq, e.Name, System.Text.Encoding.UTF8.GetString(e.Data.Span))), events);
    }

    [Fact]
    public async Task A_reader_that_reconnects_goes_on_after_its_last_id()
    {
        var id = await TestHost.SubmitAsync(_client);
        var whole = await ReadAsync($"/api/v1/tasks/{id}/events");
        Assert.Equal(whole.Skip(3), await ReadAsync($"/api/v1/tasks/{id}/events?after_seq=3"));
        Assert.Equal(whole.Skip(4), await ReadAsync($"/api/v1/tasks/{id}/events?after_seq=3", lastEventId: "4"));
        Assert.Empty(await ReadAsync($"/api/v1/tasks/{id}/events?after_seq={whole.Count}"));
    }

    [Fact]
    public async Task Following_goes_on_into_the_next_turn()
    {
        var id = await TestHost.SubmitAsync(_client, "one");
        using var stream = await _client.GetStreamAsync($"/api/v1/tasks/{id}/events?follow=true", Ct);
        using var reader = new StreamReader(stream);
        await UntilAsync(reader, "COMPLETED");
        await _host.Services.GetRequiredService<IWegentClient>().For("admin").Tasks.SendAsync(id, "two", cancellationToken: Ct);
        await UntilAsync(reader, "COMPLETED");
    }

    [Fact]
    public async Task Silence_is_filled_with_comments()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow) { AutoAdvanceAmount = TimeSpan.Zero };
        await using var host = await TestHost.StartAsync(clock: clock);
        using var client = await host.SignInWithTeamAsync();
        host.Agent.Script = PuppetAgent.Until(new TaskCompletionSource().Task);
        var id = await TestHost.SubmitAsync(client);
        using var stream = await client.GetStreamAsync($"/api/v1/tasks/{id}/events", Ct);
        using var reader = new StreamReader(stream);
        var reading = UntilCommentAsync(reader);
        while (!reading.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Ct);
        }

        await reading;
    }

    [Theory]
    [InlineData("after_seq=-1", null)]
    [InlineData("after_seq=x", null)]
    [InlineData("", "x")]
    [InlineData("", "-1")]
    public async Task A_start_that_is_no_number_is_400(string query, string? lastEventId)
    {
        var id = await TestHost.SubmitAsync(_client);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tasks/{id}/events?{query}");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var reply = await _client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    private async Task<IReadOnlyList<(long Seq, string Name, string Data)>> ReadAsync(string address, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var reply = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType!.MediaType);
        var events = new List<(long, string, string)>();
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(await reply.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct))
            events.Add((long.Parse(item.EventId!), item.EventType, item.Data));
        return events;
    }

    private static async Task UntilCommentAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Ct) is { } line && !line.StartsWith(": ", StringComparison.Ordinal))
        {
        }
    }

    private static async Task UntilAsync(StreamReader reader, string word)
    {
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            if (line.Contains($"\"{word}\"", StringComparison.Ordinal))
                return;
        }

        Assert.Fail("The stream ended.");
    }
}
