namespace Orleans.Runtime;

/// <summary>The runtime could not do its part of a call. Whether the call took effect is unknown.</summary>
public class OrleansException : Exception
{
    public OrleansException()
    {
    }

    public OrleansException(string message)
        : base(message)
    {
    }

    public OrleansException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
