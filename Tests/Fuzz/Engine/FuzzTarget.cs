namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>Something that hostile bytes reach, by itself: no socket, no clock, no second thread.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Of <see cref="FuzzPlan"/>, and of the folder with its regressions.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes it may allocate whatever comes.</summary>
    public virtual int AllocatedBytes => 8 << 10;

    /// <summary>Bytes it may allocate for each byte that is really there; what a length claims counts for nothing.</summary>
    public virtual int AllocatedBytesPerByte => 8;

    /// <summary>An input that is nearly right, or not at all.</summary>
    public abstract byte[] Generate(Random random);

    /// <summary>Takes the input as the product would. What it allocates is measured.</summary>
    /// <returns>What it was taken for; null where it was refused.</returns>
    public abstract object? Take(byte[] input);

    /// <summary>Throws where something accepted breaks a promise.</summary>
    public virtual void Verify(byte[] input, object accepted)
    {
    }
}
