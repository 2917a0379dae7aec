using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>Whatever reads hostile bytes by itself, at the relay or on a device: it says no, or it has understood.</summary>
public sealed class DecoderFuzzTests : IDisposable
{
    private readonly KnownGroup _group = new();

    public void Dispose() => _group.Dispose();

    [Fact]
    public void Messages_AnyBytes_AreRefusedOrUnderstood() => Fuzzer.Run(new MessageTarget());

    [Fact]
    public void Hellos_AnyBytes_AreRefusedOrAMembers() => Fuzzer.Run(new HelloTarget(_group));

    [Fact]
    public void Handshakes_AnyChange_Fails() => Fuzzer.Run(new HandshakeTarget());

    [Fact]
    public void SealedFrames_AnyBytes_OpenOnlyInTheirPlace() => Fuzzer.Run(new SealedFrameTarget());

    [Fact]
    public void Blobs_AnyBytes_OpenOnlyAsTheyWereSealed() => Fuzzer.Run(new BlobTarget(_group));

    [Fact]
    public void DeviceCards_AnyBytes_AreRefusedOrInTheirBounds() => Fuzzer.Run(new DeviceCardTarget(_group));

    [Fact]
    public void GroupRecords_AnyBytes_AreRefusedOrUnderstood() => Fuzzer.Run(new GroupRecordTarget(_group));

    [Fact]
    public void Invites_AnyText_IsRefusedOrUnderstood() => Fuzzer.Run(new InviteTarget());
}
