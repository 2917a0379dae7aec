namespace ZeroKSync.Silo.Configuration;

/// <summary>A key set on the command line.</summary>
/// <param name="Path">The key with its section.</param>
/// <param name="Option">The option that set it, as it is written.</param>
/// <param name="Value">As it was written.</param>
internal sealed record CommandLineValue(string Path, string Option, string Value);
