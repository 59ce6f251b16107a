namespace Wegent.Runtime.Egress;

/// <summary>
/// The body of a streamed reply that ends when the run does, when nothing comes for too long, and when it is larger than any answer:
/// clients do not pass on a cancel to what they read, and do not count.
/// </summary>
internal static class GuardedContent
{
    private const long MaxLength = 128 * 1024 * 1024; // bytes; an answer of 8 MiB comes as many small events

    /// <summary>Puts the guard around a reply's body.</summary>
    public static async Task GuardAsync(HttpResponseMessage response, TimeSpan silenceLimit, TimeProvider clock, CancellationToken running)
    {
        var inner = response.Content;
        var stream = await inner.ReadAsStreamAsync(running).ConfigureAwait(false);
        response.Content = new StreamContent(new GuardedStream(stream, silenceLimit, clock, running));
        foreach (var (name, values) in inner.Headers)
            response.Content.Headers.TryAddWithoutValidation(name, values);
    }

    private sealed class GuardedStream(Stream inner, TimeSpan silenceLimit, TimeProvider clock, CancellationToken running) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var silence = new CancellationTokenSource(silenceLimit, clock);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, running, silence.Token);
            try
            {
                var count = await inner.ReadAsync(buffer, ends.Token).ConfigureAwait(false);
                _read += count;
                return _read <= MaxLength ? count : throw new IOException($"the answer is larger than {MaxLength / (1024 * 1024)} MiB");
            }
            catch (OperationCanceledException) when (silence.IsCancellationRequested)
            {
                throw new SilenceException(silenceLimit);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
