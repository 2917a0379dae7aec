using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Admission;

public sealed class GroupAdmissionTests
{
    private static readonly byte[] Token = Encoding.UTF8.GetBytes("a token");

    [Fact]
    public async Task Open_Anybody_IsAdmitted() => Assert.True(await AskAsync(new AdmissionOptions(), Request()));

    [Fact]
    public async Task Token_KnownOrNot_DecidesAlone()
    {
        var options = new AdmissionOptions { Mode = AdmissionMode.Token, TokenHashes = [Hash(new byte[3]), Hash(Token)] };

        Assert.True(await AskAsync(options, Request(token: Token)));
        Assert.False(await AskAsync(options, Request(token: [.. Token, 0])));
        Assert.False(await AskAsync(options, Request()));
        // The hash of nothing admits nobody.
        Assert.False(await AskAsync(new AdmissionOptions { Mode = AdmissionMode.Token, TokenHashes = [Hash([])] }, Request()));
    }

    [Fact]
    public async Task List_GroupOrDeviceOnIt_IsAdmitted()
    {
        var groups = new AdmissionOptions { Mode = AdmissionMode.List, Groups = [Group(1).ToHex()] };
        var devices = new AdmissionOptions { Mode = AdmissionMode.List, Devices = [Device(2).ToHex()] };

        Assert.True(await AskAsync(groups, Request(group: 1)));
        Assert.False(await AskAsync(groups, Request(group: 2)));
        Assert.True(await AskAsync(devices, Request(group: 9, device: 2)));
        Assert.False(await AskAsync(devices, Request(group: 2, device: 1)));
    }

    public static TheoryData<AdmissionOptions, string> Invalid => new()
    {
        { new() { Mode = AdmissionMode.Token }, "TokenHashes" },
        { new() { Mode = AdmissionMode.Token, TokenHashes = ["00"] }, "TokenHashes" },
        { new() { Mode = AdmissionMode.List }, "Groups" },
        { new() { Mode = AdmissionMode.List, Groups = ["zz"] }, "Groups" },
        { new() { Mode = AdmissionMode.List, Devices = ["01"] }, "Devices" },
        { new() { Mode = AdmissionMode.Webhook }, "WebhookUrl" },
        { new() { Mode = AdmissionMode.Webhook, WebhookUrl = new Uri("http://example.com/") }, "WebhookUrl" },
        { new() { WebhookUrl = new Uri("/relative", UriKind.Relative) }, "WebhookUrl" },
        { new() { WebhookTimeout = TimeSpan.FromMinutes(1) }, "WebhookTimeout" },
        { new() { WebhookCallsMax = 0 }, "WebhookCallsMax" },
        { new() { WebhookRemember = TimeSpan.FromDays(1) }, "WebhookRemember" },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Validate_OutOfBounds_NamesTheOption(AdmissionOptions options, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);

    [Fact]
    public void Validate_OfEachMode_TakesWhatIsRight()
    {
        new AdmissionOptions().Validate();
        new AdmissionOptions { Mode = AdmissionMode.Token, TokenHashes = [Hash(Token)] }.Validate();
        new AdmissionOptions { Mode = AdmissionMode.List, Devices = [Device(1).ToHex()] }.Validate();
        new AdmissionOptions { Mode = AdmissionMode.Webhook, WebhookUrl = new Uri("https://example.com/admit") }.Validate();
        new AdmissionOptions { Mode = AdmissionMode.Webhook, WebhookUrl = new Uri("http://127.0.0.1:8080/") }.Validate();
    }

    internal static GroupAdmissionRequest Request(byte group = 1, byte device = 1, byte[]? token = null) =>
        new(Group(group), Device(device), IPAddress.Parse("192.0.2.9"), token);

    private static async Task<bool> AskAsync(AdmissionOptions options, GroupAdmissionRequest request)
    {
        options.Validate();
        return await GroupAdmissions.Create(options, TestClock.System, NullLogger<WebhookAdmission>.Instance).IsAdmittedAsync(request, Bounded.Token());
    }

    private static string Hash(byte[] token) => Convert.ToHexString(SHA256.HashData(token));

    private static GroupId Group(byte number) => GroupId.Read([.. Enumerable.Repeat(number, 32)]);

    private static DeviceId Device(byte number) => DeviceId.Read([.. Enumerable.Repeat(number, 32)]);
}
