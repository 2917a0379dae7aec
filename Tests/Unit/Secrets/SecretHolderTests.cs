using System.Reflection;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>
/// No type of any assembly of the product shows a secret it holds: not by being printed, formatted, logged or serialised, in no message of an exception,
/// not by a public member. Types are found and filled by reflection, so that a new one is under the rule the day it is written.
/// </summary>
public sealed class SecretHolderTests
{
    private static readonly string[] Programs = ["zks", "zks-relay", "ZeroKSync.Bench"];

    // What stands in the open, and why. None of them prints it all the same.
    private static readonly Dictionary<string, string> InTheOpen = new(StringComparer.Ordinal)
    {
        ["ZeroKSync.Client.Invite"] = "the app shows the link to a person",
        ["ZeroKSync.Protocol.Messages.RegisterPush"] = "a message: a push service's name for an app, on its way to the relay",
        ["ZeroKSync.Gateway.Admission.GroupAdmissionRequest"] = "what the admission hook decides by; hooks compare, hash or send it",
        ["ZeroKSync.Grains.Contracts.WakeRegistration"] = "the same between gateway and grain",
        ["ZeroKSync.Grains.Devices.WakeState"] = "the same as it is stored",
        ["ZeroKSync.Transport.TransportListenerOptions"] = "what the operator gives",
        ["ZeroKSync.Transport.Ngtcp2.Resumption.RememberedListener"] = "tickets on their way into TLS, of one process and used once",
        ["ZeroKSync.Cryptography.SecretBytes"] = "the place of secrets itself: its spans are what ciphers read",
    };

    // What is known and no harm: the whole finding, with its reason.
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        // The stream knows its connection, which knows its loop, which knows the secret. The record prints the stream's type.
        ["ZeroKSync.Transport.Ngtcp2.Streams.StreamOrder"] = "record",
        // Behind an interface of the runtime, a listener, and a linked list.
        ["ZeroKSync.Grains.Devices.DeviceGrain"] = SecretRules.NothingPlanted,
        ["ZeroKSync.Gateway.Quic.RelayPorts"] = SecretRules.NothingPlanted,
        ["ZeroKSync.Transport.Ngtcp2.Resumption.ResumptionStore"] = SecretRules.NothingPlanted,
    };

    private static readonly Assembly[] Assemblies = [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Where(name => (name.StartsWith("ZeroKSync.", StringComparison.Ordinal) && !name.StartsWith("ZeroKSync.Test", StringComparison.Ordinal)) || Programs.Contains(name))
        .Order(StringComparer.Ordinal)
        .Select(name => Assembly.Load(name))];

    private static readonly SecretTypes Types = new(Assemblies.SelectMany(assembly => assembly.GetTypes()));

    private static readonly SecretTypes Bad = new(typeof(BadTypes).GetNestedTypes());

    public static TheoryData<string> Holders => [.. Types.All.Select(type => type.FullName!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Assemblies_OfTheProduct_AreAllRead() => Assert.Subset(
        Assemblies.Select(assembly => assembly.GetName().Name!).ToHashSet(StringComparer.Ordinal),
        new HashSet<string>(
            [.. Programs, .. ((string[])["Protocol", "Cryptography", "Session", "Transport", "Client", "Grains.Interfaces", "Grains", "Storage", "Gateway"]).Select(name => "ZeroKSync." + name)],
            StringComparer.Ordinal));

    [Fact]
    public void Holders_OfSecrets_AreFound()
    {
        string[] found = [.. Holders.Select(row => row.Data)];
        Assert.True(found.Length >= 30, $"{found.Length} only");
        Assert.Subset(found.ToHashSet(StringComparer.Ordinal), InTheOpen.Keys.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Holders))]
    public void Holder_WithPlantedSecrets_ShowsNone(string name)
    {
        Type type = Types.All.Single(type => type.FullName == name);

        Assert.Equal(Known.TryGetValue(name, out string? known) ? [known] : [], SecretRules.Findings(type, Types, InTheOpen.ContainsKey(name)));
    }

    [Theory]
    [InlineData(nameof(BadTypes.InARecord), "record")]
    [InlineData(nameof(BadTypes.InARecordStruct), "record")]
    [InlineData(nameof(BadTypes.WithText), "record", "ToString", "string.Format", "interpolation", "list", "log", "JSON", "JSON of fields", "getter Passphrase")]
    [InlineData(nameof(BadTypes.Printing), "ToString", "string.Format", "interpolation", "list", "log")]
    [InlineData(nameof(BadTypes.PrintingAPart), "ToString", "string.Format", "interpolation", "list", "log")]
    [InlineData(nameof(BadTypes.PrintingNumbers), "ToString", "string.Format", "interpolation", "list", "log")]
    [InlineData(nameof(BadTypes.Throwing), "ToString", "string.Format", "interpolation", "list", "log")]
    [InlineData(nameof(BadTypes.WithAGetter), "JSON", "JSON of fields", "getter Bytes")]
    [InlineData(nameof(BadTypes.WithAMethod), "method Export")]
    [InlineData(nameof(BadTypes.WithBytes), "JSON", "JSON of fields", "getter SecretKey")]
    [InlineData(nameof(BadTypes.WithADisplay), "debugger display")]
    [InlineData(nameof(BadTypes.FarAway), "ToString", "string.Format", "interpolation", "list", "log")]
    public void Findings_InABadType_AreThese(string name, params string[] expected)
    {
        Type type = Bad.All.Single(type => type.Name == name);

        Assert.Equal(expected, SecretRules.Findings(type, Bad, isInTheOpen: false));
    }

    [Fact]
    public void Findings_InAHolderThatKeepsItsSecret_AreNone() => Assert.Empty(SecretRules.Findings(typeof(BadTypes.Holder), Bad, isInTheOpen: false));

    [Fact]
    public void Canary_InEveryForm_IsSeen()
    {
        byte[] part = Canary.Bytes[7..17];
        string[] forms =
        [
            Convert.ToHexString(part), Convert.ToHexStringLower(part), BitConverter.ToString(part), string.Join(',', part), string.Join(", ", part), System.Text.Encoding.Latin1.GetString(part), Canary.Text,
        ];
        Assert.All(forms, form => Assert.True(Canary.IsIn($"before {form} after"), form));

        // Wherever it stands among other bytes, base64 shows it in another of three alignments.
        for (int shift = 0; shift < 3; shift++)
        {
            byte[] among = [.. new byte[shift], .. Canary.Bytes[4..16], .. new byte[5]];
            Assert.True(Canary.IsIn(Convert.ToBase64String(among)));
            Assert.True(Canary.IsIn(System.Buffers.Text.Base64Url.EncodeToString(among)));
        }

        Assert.False(Canary.IsIn("[secret]"));
        Assert.False(Canary.IsIn(Convert.ToHexString(Canary.Bytes[..7])));
    }
}
