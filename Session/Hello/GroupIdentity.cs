using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>Group ids certify themselves: they are the hash of the origin admission key, so nobody can squat one and a relay needs no secret to check it.</summary>
public static class GroupIdentity
{
    /// <summary>SHA-256 of a label and the admission key of epoch 0.</summary>
    public static GroupId FromOriginKey(AdmissionKey originKey)
    {
        Span<byte> input = stackalloc byte[Labels.GroupId.Length + AdmissionKey.Size];
        var writer = new BindingWriter(input);
        writer.Write(Labels.GroupId);
        writer.Write(originKey.Value);
        Span<byte> hash = stackalloc byte[GroupId.Size];
        SHA256.HashData(input, hash);
        return GroupId.Read(hash);
    }
}
