using Wegent.Sandboxes.Wire;

namespace Wegent.Runtime.Sandboxes.Docker;

/// <summary>
/// Waits for an executor's first answer: HTTP 200, never a mere connection, which the engine's proxy accepts before anybody
/// listens inside.
/// </summary>
internal sealed class DockerReadiness(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(5), // of one question
    };

    /// <summary>Returns when the executor at this address answers.</summary>
    public async Task WaitAsync(Uri address, CancellationToken cancellationToken)
    {
        var question = new Uri(address, ExecutorProtocol.HealthPath);
        for (var pause = FirstPause; !await AnswersAsync(question, cancellationToken).ConfigureAwait(false); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> AnswersAsync(Uri question, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(question, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
