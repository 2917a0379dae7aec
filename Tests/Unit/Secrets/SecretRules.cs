using System.Diagnostics;
using System.Reflection;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>What a type that can hold a secret must not do.</summary>
internal static class SecretRules
{
    /// <summary>The type's secrets lie behind something that cannot be filled by reflection.</summary>
    public const string NothingPlanted = "nothing planted";

    /// <param name="type">Of <paramref name="types"/>.</param>
    /// <param name="types">All that can hold a secret.</param>
    /// <param name="isInTheOpen">Its purpose is to hand the secret to who asks for it; it must not print it all the same.</param>
    public static IReadOnlyList<string> Findings(Type type, SecretTypes types, bool isInTheOpen)
    {
        var findings = new List<string>();
        if (!isInTheOpen && IsRecord(type))
            findings.Add("record");

        if (type.IsDefined(typeof(DebuggerDisplayAttribute)) || type.IsDefined(typeof(DebuggerTypeProxyAttribute)))
            findings.Add("debugger display");

        if (type.IsAbstract)
            return findings;

        using var planter = new Planter(types);
        object planted = planter.Make(type);
        if (planter.Planted == 0)
            findings.Add(NothingPlanted);

        findings.AddRange(Shown.AsText(planted).Concat(isInTheOpen ? [] : Shown.InParts(planted)).Where(shown => Canary.IsIn(shown.Text)).Select(shown => shown.Way));
        return findings;
    }

    public static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null;
}
