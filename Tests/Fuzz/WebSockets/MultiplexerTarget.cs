using System.Buffers.Binary;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.WebSockets;

/// <summary>
/// A multiplexer, of either end, with a hostile peer and an app that uses it meanwhile. An input is the end's kind and steps of
/// <c>step u8 | argument u8 | length u16 | bytes</c>: a message of the peer, or something the app does.
/// </summary>
internal sealed class MultiplexerTarget : FuzzTarget
{
    private const int StepBytes = 1 + 1 + sizeof(ushort);
    private const int StepsMax = 60;

    // An app accepts and reads most of the time.
    private static readonly HostileStep[] AppSteps =
    [
        HostileStep.Accept, HostileStep.Accept, HostileStep.Accept, HostileStep.Read, HostileStep.Read, HostileStep.Read, HostileStep.Read, HostileStep.Send, HostileStep.Send,
        HostileStep.Write, HostileStep.Write, HostileStep.Open, HostileStep.AbortRead, HostileStep.AbortWrite,
    ];

    public override string Name => "multiplexer";

    // The multiplexer, its lists, and what the run remembers of all streams to compare with.
    public override int AllocatedBytes => 64 << 10;

    // Received once, remembered once, read once; lists double.
    public override int AllocatedBytesPerByte => 48;

    public override byte[] Generate(Random random)
    {
        var input = new List<byte> { (byte)random.Next(2) };
        var peer = new HostilePeer(random, isListener: (input[0] & 1) == 0);
        if (random.Next(30) != 0)
            Add(input, HostileStep.Message, 0, peer.Settings());

        for (int steps = random.Next(1, StepsMax); steps > 0; steps--)
        {
            if (random.Next(2) == 0)
                Add(input, HostileStep.Message, 0, peer.Message());
            else
                Add(input, AppSteps[random.Next(AppSteps.Length)], (byte)random.Next(256), []);
        }

        return [.. input];
    }

    public override object? Take(byte[] input)
    {
        if (input.Length == 0)
            return null;

        var run = new MultiplexerRun(isListener: (input[0] & 1) != 0);
        ReadOnlySpan<byte> rest = input.AsSpan(1);
        while (rest.Length >= StepBytes && !run.IsOver)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest[2..]), rest.Length - StepBytes);
            run.Take((HostileStep)(rest[0] % (int)HostileStep.Count), rest[1], rest.Slice(StepBytes, length));
            rest = rest[(StepBytes + length)..];
        }

        run.End();
        return null;
    }

    private static void Add(List<byte> input, HostileStep step, byte argument, byte[] bytes)
    {
        input.Add((byte)step);
        input.Add(argument);
        input.Add((byte)(bytes.Length >> 8));
        input.Add((byte)(bytes.Length & 0xff));
        input.AddRange(bytes);
    }
}
