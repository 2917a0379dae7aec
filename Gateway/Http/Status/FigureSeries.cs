namespace ZeroKSync.Gateway.Http.Status;

/// <summary>One sum or gauge.</summary>
/// <param name="Instrument">Its name.</param>
/// <param name="Label">Its label's value; null where it has none.</param>
/// <param name="Unit">UCUM, as the instrument says.</param>
/// <param name="Value">Now.</param>
public sealed record FigureSeries(string Instrument, string? Label, string Unit, double Value);
