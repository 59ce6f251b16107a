using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Wegent.Messaging;

namespace Wegent.Runtime.Messaging.Redis;

/// <summary>
/// Hints between hosts, by Redis' publish and subscribe. Within the process they take the short way; Redis carries them to the others.
/// While Redis is away, hosts are woken by their own hints and by the tick, and nothing is lost but time.
/// </summary>
/// <remarks>
/// One channel a topic, and a subscription only while someone here listens, so a host gets no hints that it has no use for. A topic
/// that has just been subscribed, and all of them after a lost connection, are hinted once: what came before was missed.
/// </remarks>
internal sealed class RedisHintBus : IHintBus, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly InMemoryHintBus _local;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _prefix;
    private readonly string _servers;
    private readonly RedisValue _origin = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<string, int> _listeners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _subscribed = new(StringComparer.Ordinal); // changed by the loop alone

    // Topics whose subscription may have to change. Unbounded, but no topic stands in it for long, and each stems from a listener.
    private readonly Channel<string> _changed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private volatile ConnectionMultiplexer? _connection;

    /// <summary>Begins to connect, and does not wait for it.</summary>
    public RedisHintBus(IOptions<CacheOptions> options, TimeProvider clock, ILogger<RedisHintBus> logger)
    {
        _local = new InMemoryHintBus(clock);
        _clock = clock;
        _logger = logger;
        _prefix = options.Value.Prefix;
        var configuration = ConfigurationOptions.Parse(options.Value.ConnectionString!); // validated at the start
        _servers = RedisAddress.ServersOf(options.Value.ConnectionString!);
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast; // a hint of a minute ago is worth nothing
        configuration.ClientName ??= "wegent";
        _loop = Task.Run(() => RunAsync(configuration));
    }

    /// <inheritdoc/>
    public void Publish(string topic)
    {
        _local.Publish(topic);
        if (_connection is not { IsConnected: true } connection)
            return;
        try
        {
            connection.GetSubscriber().Publish(ChannelOf(topic), _origin, CommandFlags.FireAndForget);
        }
        catch (Exception error) when (error is RedisException or ObjectDisposedException)
        {
            _logger.HintNotSent(_servers, error); // the others look by themselves
        }
    }

    /// <inheritdoc/>
    public IHintSubscription Subscribe(string topic)
    {
        var subscription = _local.Subscribe(topic);
        if (_listeners.AddOrUpdate(topic, 1, static (_, count) => count + 1) == 1)
            _changed.Writer.TryWrite(topic);
        return new Listener(this, topic, subscription);
    }

    /// <summary>Closes the connection; listeners go on with the hints of this process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        if (_connection is { } connection)
            await connection.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>The same, for containers that are disposed without waiting. Blocks until the connection is closed.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Whether hints reach other hosts at present.</summary>
    internal bool IsConnected => _connection is { IsConnected: true };

    /// <summary>Whether hints of other hosts about a topic arrive here.</summary>
    internal bool IsSubscribed(string topic)
    {
        lock (_subscribed)
            return _subscribed.Contains(topic);
    }

    private RedisChannel ChannelOf(string topic) => RedisChannel.Literal($"{_prefix}:hint:{topic}");

    private async Task RunAsync(ConfigurationOptions configuration)
    {
        try
        {
            var connection = await ConnectAsync(configuration).ConfigureAwait(false);
            await foreach (var topic in _changed.Reader.ReadAllAsync(_closing.Token).ConfigureAwait(false))
                await FollowAsync(connection.GetSubscriber(), topic).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration)
    {
        while (true)
        {
            try
            {
                var connection = await OpenAsync(configuration).ConfigureAwait(false);
                connection.ConnectionFailed += (_, failed) => _logger.RedisAway(_servers, failed.FailureType, failed.Exception);
                connection.ConnectionRestored += (_, restored) => Restored(restored);
                if (connection.IsConnected)
                    _logger.RedisConnected(_servers);
                else
                    _logger.RedisAway(_servers, ConnectionFailureType.UnableToConnect, null);
                return _connection = connection;
            }
            catch (RedisException error)
            {
                _logger.RedisAway(_servers, ConnectionFailureType.UnableToConnect, error);
                await Task.Delay(RetryDelay, _clock, _closing.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<ConnectionMultiplexer> OpenAsync(ConfigurationOptions configuration)
    {
        var opening = ConnectionMultiplexer.ConnectAsync(configuration);
        try
        {
            return await opening.WaitAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The library cannot be told to give up; what it opens after the end is closed.
            _ = opening.ContinueWith(static opened => opened.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private void Restored(ConnectionFailedEventArgs restored)
    {
        if (restored.ConnectionType != ConnectionType.Subscription)
            return; // the library subscribes again by itself; what came meanwhile is lost
        _logger.RedisConnected(_servers);
        foreach (var topic in _listeners.Keys)
            _local.Publish(topic);
    }

    /// <summary>Makes one topic's subscription agree with whether anyone listens, now.</summary>
    private async Task FollowAsync(ISubscriber subscriber, string topic)
    {
        var isWanted = _listeners.ContainsKey(topic);
        if (isWanted == IsSubscribed(topic))
            return;
        try
        {
            if (isWanted)
                await subscriber.SubscribeAsync(ChannelOf(topic), (_, origin) => Receive(topic, origin)).ConfigureAwait(false);
            else
                await subscriber.UnsubscribeAsync(ChannelOf(topic)).ConfigureAwait(false);
        }
        catch (RedisException error)
        {
            _logger.SubscribeFailed(_servers, error);
            _ = AgainLaterAsync(topic);
            return;
        }

        if (isWanted)
            _local.Publish(topic);
        lock (_subscribed)
            _ = isWanted ? _subscribed.Add(topic) : _subscribed.Remove(topic);
    }

    private async Task AgainLaterAsync(string topic)
    {
        await Task.Delay(RetryDelay, _clock, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _changed.Writer.TryWrite(topic);
    }

    private void Receive(string topic, RedisValue origin)
    {
        if (origin != _origin) // its own has taken the short way
            _local.Publish(topic);
    }

    private void Forget(string topic)
    {
        while (_listeners.TryGetValue(topic, out var count))
        {
            var done = count == 1
                ? _listeners.TryRemove(KeyValuePair.Create(topic, 1))
                : _listeners.TryUpdate(topic, count - 1, count);
            if (!done)
                continue;
            if (count == 1)
                _changed.Writer.TryWrite(topic);
            return;
        }
    }

    private sealed class Listener(RedisHintBus bus, string topic, IHintSubscription local) : IHintSubscription
    {
        private int _isDisposed;

        public ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => local.WaitAsync(atMost, cancellationToken);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
                return;
            local.Dispose();
            bus.Forget(topic);
        }
    }
}
