using Microsoft.Extensions.Options;

namespace Wegent.Hosting.Realtime;

/// <summary>Checks <see cref="RealtimeOptions"/> at the start.</summary>
internal sealed class RealtimeOptionsRules : IValidateOptions<RealtimeOptions>
{
    public ValidateOptionsResult Validate(string? name, RealtimeOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(options.PingInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.PingInterval));
        Check(options.PingTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(options.PingTimeout));
        Check(options.SendTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5), nameof(options.SendTimeout));
        Check(options.SlowReaderGrace, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5), nameof(options.SlowReaderGrace));
        return result.Build();

        void Check(TimeSpan value, TimeSpan least, TimeSpan most, string key)
        {
            if (value < least || value > most)
                result.AddError($"is {value}; it may be {least} to {most}", $"{RealtimeOptions.Section}:{key}");
        }
    }
}
