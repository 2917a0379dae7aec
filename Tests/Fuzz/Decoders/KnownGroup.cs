using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.MessagePack;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>A group whose every secret is known and the same in each run: an input that was kept means the same for ever. Two rotations old.</summary>
internal sealed class KnownGroup : IDisposable
{
    private const int Rotations = 2;
    private readonly SecretBytes[] _secrets = [.. Enumerable.Range(0, Rotations + 1).Select(epoch => SecretBytes.CopyFrom(Known((byte)(0x10 + epoch), GroupKeys.SecretBytesLength)))];

    public KnownGroup()
    {
        Keys = [.. _secrets.Select((secret, epoch) => new GroupKeys(new KeyEpoch((uint)epoch), secret))];
        Id = GroupIdentity.FromOriginKey(Keys[0].AdmissionKey);
        StatementHash previous = default;
        for (int epoch = 1; epoch <= Rotations; epoch++)
        {
            var statement = new RotationStatement(
                new KeyEpoch((uint)epoch), Keys[epoch].AdmissionKey, previous, Relay, Device, default, [new RevokedDevice(DeviceId.Read(Known((byte)(0x40 + epoch), DeviceId.Size)), RevokeReason.Lost)]);
            Chain.Add(statement.Sign(Keys[epoch - 1].AdmissionSeed, Id));
            previous = RotationStatement.Hash(Chain[^1].Statement.Span);
        }

        Record = GroupRecord.TryDecode(NodeWriter.Write(RecordTree()), out GroupRecord? record) ? record : throw new BrokenPromiseException("the record of the known group is refused");
        Keyring = new GroupKeyring(Record);
    }

    public static DeviceId Device { get; } = DeviceId.Read(Known(0x21, DeviceId.Size));

    public static RelayId Relay { get; } = RelayId.Read(Known(0x22, RelayId.Size));

    public GroupId Id { get; }

    public IReadOnlyList<GroupKeys> Keys { get; }

    public List<SignedStatement> Chain { get; } = [];

    public GroupRecord Record { get; }

    public GroupKeyring Keyring { get; }

    public static byte[] Known(byte value, int length) => [.. Enumerable.Repeat(value, length)];

    /// <summary>The record as the wire has it, to be changed.</summary>
    public Node RecordTree() => Array(
        Node.OfInteger(1),
        Node.OfBinary(Id.ToArray()),
        Node.OfBinary(Keys[0].AdmissionKey.ToArray()),
        Array([.. Chain.Select(link => Array(Node.OfBinary(link.Statement.ToArray()), Node.OfBinary(link.Signature.ToArray())))]),
        Array([.. _secrets.Select((secret, epoch) => Array(Node.OfInteger((ulong)epoch), Node.OfBinary(secret.Span.ToArray())))]),
        new Node(NodeKind.Nil),
        Node.OfBinary(Relay.ToArray()),
        Node.OfBinary(Device.ToArray()));

    public void Dispose()
    {
        Keyring.Dispose();
        Record.Dispose();
        foreach (GroupKeys keys in Keys)
            keys.Dispose();

        foreach (SecretBytes secret in _secrets)
            secret.Dispose();
    }

    private static Node Array(params Node[] children)
    {
        var array = new Node(NodeKind.Array);
        array.Children.AddRange(children);
        return array;
    }
}
