using System.Text.Json.Serialization;

namespace ZeroKSync.Gateway.Admission;

/// <summary>How it is decided who may make a group.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdmissionMode>))]
public enum AdmissionMode
{
    /// <summary>Everybody may.</summary>
    Open,

    /// <summary>Who brings a token.</summary>
    Token,

    /// <summary>Who is on a list.</summary>
    List,

    /// <summary>A web service is asked.</summary>
    Webhook,
}
