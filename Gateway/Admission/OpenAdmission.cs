namespace ZeroKSync.Gateway.Admission;

/// <summary>Everybody may.</summary>
public sealed class OpenAdmission : IGroupAdmission
{
    private OpenAdmission()
    {
    }

    public static OpenAdmission Instance { get; } = new();

    public ValueTask<bool> IsAdmittedAsync(GroupAdmissionRequest request, CancellationToken cancellationToken) => new(true);
}
