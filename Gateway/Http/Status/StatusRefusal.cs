namespace ZeroKSync.Gateway.Http.Status;

/// <summary>How often something was refused, and by what.</summary>
/// <param name="What">Requests, connections or streams: the instrument's name.</param>
/// <param name="Reason">The error, limit or reason, in words.</param>
/// <param name="Total">Since the start.</param>
/// <param name="Recent">In the time the page shows.</param>
public sealed record StatusRefusal(string What, string Reason, long Total, long Recent);
