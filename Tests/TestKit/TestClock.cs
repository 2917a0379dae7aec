namespace ZeroKSync.TestKit;

/// <summary>The machine's clock, for limits that keep a failing test from hanging and for real sockets. Nothing asserts on it.</summary>
public static class TestClock
{
#pragma warning disable RS0030 // Tests are a composition root: a bound on a wait needs a clock that moves.
    public static TimeProvider System => TimeProvider.System;
#pragma warning restore RS0030
}
