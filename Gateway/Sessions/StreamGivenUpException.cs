namespace ZeroKSync.Gateway.Sessions;

/// <summary>The relay does not go on with a stream; the session may live.</summary>
internal sealed class StreamGivenUpException(StreamAbort reason) : Exception
{
    public StreamAbort Reason => reason;
}
