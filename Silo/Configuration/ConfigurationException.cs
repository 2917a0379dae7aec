namespace ZeroKSync.Silo.Configuration;

/// <summary>The configuration is not valid; the message is a sentence for its operator and names the key.</summary>
internal sealed class ConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
