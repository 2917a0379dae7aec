namespace ZeroKSync.Session;

/// <summary>What one end knows of its session's keys.</summary>
/// <param name="IsClient">Which end it is.</param>
/// <param name="Phase">Whether a rekey is asked for or under way.</param>
/// <param name="Epoch">The current one.</param>
/// <param name="EpochsLive">Epochs whose keys exist.</param>
/// <param name="Frames">Of the current epoch, in the direction that has more.</param>
/// <param name="Age">Of the current epoch.</param>
public readonly record struct RekeyFacts(bool IsClient, RekeyPhase Phase, byte Epoch, int EpochsLive, long Frames, TimeSpan Age);
