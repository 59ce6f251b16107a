using System.Text.Json;
using Wegent.Tasks;

namespace Wegent.Core.Tests.Tasks;

public sealed class FailureTests
{
    [Fact]
    public void Every_reason_says_what_to_do()
    {
        foreach (var reason in Enum.GetValues<FailureReason>())
        {
            var advice = Failure.AdviceFor(reason);
            Assert.EndsWith(".", advice, StringComparison.Ordinal);
            Assert.InRange(advice.Length, 20, 200);
        }
    }

    [Fact]
    public void A_reason_is_the_same_word_in_a_code_and_in_an_event()
    {
        foreach (var reason in Enum.GetValues<FailureReason>())
            Assert.Equal($"\"{Failure.WireName(reason)}\"", JsonSerializer.Serialize(reason));
        Assert.Equal("out_of_memory", Failure.WireName(FailureReason.OutOfMemory));
    }

    [Fact]
    public void A_failure_reads_as_what_happened_and_what_to_do() =>
        Assert.Equal(
            "The engine at unix:///x does not answer. Start the container engine, or check DOCKER_HOST, then retry the task.",
            new Failure(FailureReason.EngineUnavailable, "The engine at unix:///x does not answer.").Describe());
}
