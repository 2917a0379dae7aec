using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Silo;

/// <summary>The limits in force: a preset, and what a configuration file changes of it. A key nobody knows is an error, not a shrug.</summary>
internal sealed class RelayLimits
{
    private static readonly JsonSerializerOptions Json = new()
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public required GatewayOptions Gateway { get; init; }

    public required GroupOptions Group { get; init; }

    /// <exception cref="RelayStartException">The file cannot be read, has a key nobody knows, or a value out of its bounds.</exception>
    public static RelayLimits Load(string preset, string? configurationFile)
    {
        var limits = new RelayLimits { Gateway = GatewayOptions.OfPreset(preset), Group = OfPreset(preset) };
        try
        {
            if (configurationFile is not null)
                limits.Apply(configurationFile);

            limits.Gateway.Validate();
            limits.Group.Validate();
            return limits;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new RelayStartException($"The configuration is not valid: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw new RelayStartException($"The configuration file is not valid: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new RelayStartException("The configuration file cannot be read.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new RelayStartException("The configuration file cannot be read.", exception);
        }
    }

    private static GroupOptions OfPreset(string preset) => preset == "bench" ? new GroupOptions { GroupBytesMax = 64L << 30 } : new GroupOptions();

    private void Apply(string configurationFile)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(configurationFile), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new RelayStartException("The configuration file is not a JSON object.");

        foreach (JsonProperty section in document.RootElement.EnumerateObject())
        {
            object target = section.Name switch
            {
                nameof(Gateway) => Gateway,
                nameof(Group) => Group,
                _ => throw new RelayStartException($"The configuration file has a section '{section.Name}' that nobody knows: Gateway and Group exist."),
            };
            Populate(target, section.Value);
        }
    }

    // Reads the section as a whole object first, so that unknown keys and wrong types fail before anything changes.
    private static void Populate(object target, JsonElement section)
    {
        object read = section.Deserialize(target.GetType(), Json) ?? throw new RelayStartException("A section of the configuration file is null.");
        foreach (JsonProperty property in section.EnumerateObject())
        {
            var member = target.GetType().GetProperty(property.Name) ?? throw new RelayStartException($"The configuration key '{property.Name}' is not known.");
            member.SetValue(target, member.GetValue(read));
        }
    }
}
