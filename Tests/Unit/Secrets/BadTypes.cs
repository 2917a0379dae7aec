using System.Diagnostics;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>What the rules about secrets must find: each type here breaks one, or several. Never used but by the rules' own tests.</summary>
internal static class BadTypes
{
    public sealed record InARecord(SecretBytes Value);

    public readonly record struct InARecordStruct(SecretBytes Value);

    public sealed record WithText(string Passphrase);

    public sealed class Printing(SecretBytes value)
    {
        public override string ToString() => Convert.ToHexStringLower(value.Span);
    }

    public sealed class PrintingAPart(SecretBytes value)
    {
        public override string ToString() => $"key {Convert.ToBase64String(value.Span[5..20])}…";
    }

    public sealed class PrintingNumbers(SecretBytes value)
    {
        public override string ToString() => string.Join(", ", value.Span.ToArray());
    }

    public sealed class Throwing(SecretBytes value)
    {
        public override string ToString() => throw new InvalidOperationException($"{Convert.ToHexString(value.Span)} cannot be shown");
    }

    public sealed class WithAGetter(SecretBytes value)
    {
        public byte[] Bytes => value.Span.ToArray();
    }

    public sealed class WithAMethod(SecretBytes value)
    {
        public string Export() => Convert.ToBase64String(value.Span);
    }

    public sealed class WithBytes
    {
        public byte[] SecretKey { get; init; } = [];
    }

    [DebuggerDisplay("{_value}")]
    public sealed class WithADisplay(SecretBytes value)
    {
        private readonly SecretBytes _value = value;

        public int Length => _value.Length;
    }

    /// <summary>Far from its secret: a dictionary of lists of types that hold one.</summary>
    public sealed class FarAway(Dictionary<int, List<Holder>> holders)
    {
        public override string ToString() => Convert.ToHexString(holders.Values.First()[0].Value.Span);
    }

    public sealed class Holder(SecretBytes value)
    {
        public SecretBytes Value => value;
    }
}
