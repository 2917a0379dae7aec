using Microsoft.Extensions.Logging;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Admission;

/// <summary>The admission hook that the options name.</summary>
public static class GroupAdmissions
{
    /// <param name="options">Valid ones.</param>
    public static IGroupAdmission Create(AdmissionOptions options, TimeProvider time, ILogger<WebhookAdmission> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Mode switch
        {
            AdmissionMode.Open => OpenAdmission.Instance,
            AdmissionMode.Token => new TokenAdmission([.. options.TokenHashes.Select(Convert.FromHexString)]),
            AdmissionMode.List => new ListAdmission(options.Groups.Select(Group), options.Devices.Select(Device)),
            AdmissionMode.Webhook => new WebhookAdmission(options, WebhookAdmission.CreateHandler(options), time, logger),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "Every mode has a hook."),
        };
    }

    private static GroupId Group(string hex) => GroupId.TryParseHex(hex, out GroupId id) ? id : throw new ArgumentException("The options are not valid.", nameof(hex));

    private static DeviceId Device(string hex) => DeviceId.TryParseHex(hex, out DeviceId id) ? id : throw new ArgumentException("The options are not valid.", nameof(hex));
}
