namespace ZeroKSync.Transport.Admission;

/// <summary>What becomes of a newcomer.</summary>
public enum AdmissionAnswer
{
    /// <summary>A handshake begins and is counted.</summary>
    Begin,

    /// <summary>It has to prove its address first; nothing is kept of it.</summary>
    AskForProof,

    /// <summary>It is told no.</summary>
    Refuse,
}
