using System.Net;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Who wants to make which group. Not a record, so that nothing prints it.</summary>
public sealed class GroupAdmissionRequest(GroupId group, DeviceId device, IPAddress address, ReadOnlyMemory<byte> token)
{
    public GroupId Group => group;

    public DeviceId Device => device;

    public IPAddress Address => address;

    /// <summary>What HELLO brought along; empty for none. It lies in the message's memory. A span: nobody keeps it, and nothing prints it.</summary>
    public ReadOnlySpan<byte> Token => token.Span;
}
