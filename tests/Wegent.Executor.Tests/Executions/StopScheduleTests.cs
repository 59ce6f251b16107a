using Microsoft.Extensions.Time.Testing;
using Wegent.Executor.Executions;

namespace Wegent.Executor.Tests.Executions;

public sealed class StopScheduleTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly WakeDescriptor wake = new();

    public void Dispose() => wake.Dispose();

    [Fact]
    public void The_steps_come_in_order_and_each_once()
    {
        var stop = new StopSchedule(clock, wake);
        Assert.False(stop.Requested);
        Assert.Null(stop.UntilNext());

        stop.Request(Seconds(5), Seconds(2));

        Assert.True(stop.Requested);
        Assert.Equal(StopStep.Interrupt, stop.Take());
        Assert.Null(stop.Take());
        Assert.Equal(Seconds(5), stop.UntilNext());
        clock.Advance(Seconds(5));
        Assert.Equal(StopStep.Terminate, stop.Take());
        Assert.Equal(Seconds(2), stop.UntilNext());
        clock.Advance(Seconds(3));
        Assert.Equal(TimeSpan.Zero, stop.UntilNext());
        Assert.Equal(StopStep.Kill, stop.Take());
        Assert.Null(stop.Take());
        Assert.Null(stop.UntilNext());
    }

    [Fact]
    public void A_grace_of_zero_leaves_its_step_out()
    {
        var gentle = new StopSchedule(clock, wake);
        gentle.Request(TimeSpan.Zero, Seconds(2));
        Assert.Equal(StopStep.Terminate, gentle.Take());

        var hard = new StopSchedule(clock, wake);
        hard.Request(TimeSpan.Zero, TimeSpan.Zero);
        Assert.Equal(StopStep.Kill, hard.Take());
    }

    [Fact]
    public void A_later_request_makes_it_sooner_and_never_later()
    {
        var stop = new StopSchedule(clock, wake);
        stop.Request(Seconds(100), Seconds(100));
        Assert.Equal(StopStep.Interrupt, stop.Take());
        stop.Request(Seconds(1000), Seconds(1000));
        Assert.Equal(Seconds(100), stop.UntilNext());

        stop.Request(TimeSpan.Zero, Seconds(3));

        Assert.Equal(StopStep.Terminate, stop.Take());
        Assert.Equal(Seconds(3), stop.UntilNext());
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
