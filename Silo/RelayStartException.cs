namespace ZeroKSync.Silo;

/// <summary>The relay cannot start; the message is a sentence for its operator.</summary>
internal sealed class RelayStartException(string message, Exception? innerException = null) : Exception(message, innerException);
