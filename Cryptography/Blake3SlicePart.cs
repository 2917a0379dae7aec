namespace ZeroKSync.Cryptography;

/// <summary>A stretch of bytes that a slice consists of.</summary>
/// <param name="Source">What to read.</param>
/// <param name="Offset">Where, in bytes.</param>
/// <param name="Length">How much: one parent of 64 bytes, or a group of 1 to 16,384.</param>
public readonly record struct Blake3SlicePart(Blake3SliceSource Source, ulong Offset, int Length);
