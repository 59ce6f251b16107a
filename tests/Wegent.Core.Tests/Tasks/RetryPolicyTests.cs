using Wegent.Tasks;

namespace Wegent.Core.Tests.Tasks;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = new(4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 2.0)]
    [InlineData(3, 3.0)] // four, cut to the longest
    public void The_wait_doubles_up_to_the_longest(int attempt, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Policy.DelayAfter(FailureReason.EngineUnavailable, attempt));

    [Fact]
    public void The_last_attempt_is_the_last() =>
        Assert.Null(Policy.DelayAfter(FailureReason.EngineUnavailable, 4));

    [Fact]
    public void What_an_agent_has_begun_is_not_repeated_by_itself()
    {
        FailureReason[] beforeTheAgent = [FailureReason.SandboxStartFailed, FailureReason.EngineUnavailable, FailureReason.PortsExhausted];
        foreach (var reason in Enum.GetValues<FailureReason>())
            Assert.Equal(beforeTheAgent.Contains(reason), Policy.DelayAfter(reason, 1) is not null);
    }
}
