namespace ZeroKSync.Client.Transport;

/// <summary>How a session with a relay ended.</summary>
/// <param name="Kind">Why, in the terms of the app.</param>
/// <param name="IsTransient">Whether connecting again may help by itself.</param>
/// <param name="RetryAfter">The relay's wish.</param>
/// <param name="IsReopen">This end wants a new session instead, at once: nothing failed.</param>
internal sealed record LinkEnd(SyncErrorKind Kind, bool IsTransient, TimeSpan? RetryAfter = null, bool IsReopen = false);
