using System.Runtime.CompilerServices;

namespace ZeroKSync.Tests.Unit.Cryptography.MlKem;

/// <summary>
/// Runs something on a thread of its own and looks through what it left on the stack. What is seen is the memory of calls that have
/// returned; registers are not, nor what a later call wrote over.
/// </summary>
internal static class StackScan
{
    private const int StackBytes = 1 << 20;
    private const int LookedAtBytes = 256 << 10;
    private const int ShiftBytes = 2 << 10;

    // Long enough not to be met by chance, short enough to find a part. Polynomials have small coefficients, and thus need more of them.
    private const int PieceBytes = 16;
    private const int PolynomialBytes = 1024;
    private const int PolynomialPieceBytes = 64;

    /// <summary>The names of those of <paramref name="secrets"/> of which a piece is left after <paramref name="work"/>.</summary>
    public static IReadOnlyList<string> Leftovers(Action work, IReadOnlyDictionary<string, byte[]> secrets)
    {
        string[] found = [];
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    // Once before, so that no compiling of what is called writes over what is left.
                    Call(work);
                    Copy();
                    Overwrite();
                    Call(work);
                    byte[] left = Copy();
                    found = [.. secrets.Where(secret => Contains(left, secret.Value)).Select(secret => secret.Key)];
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        return failure is null ? found : throw new InvalidOperationException("The work failed.", failure);
    }

    private static bool Contains(ReadOnlySpan<byte> left, ReadOnlySpan<byte> secret)
    {
        int piece = secret.Length >= PolynomialBytes ? PolynomialPieceBytes : PieceBytes;
        for (int at = 0; at + piece <= secret.Length; at += piece)
        {
            if (left.IndexOf(secret.Slice(at, piece)) >= 0)
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Overwrite()
    {
        Span<byte> room = stackalloc byte[LookedAtBytes];
        room.Fill(0x5a);
    }

    // Some way down, where the frames of what looks afterwards are not.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Call(Action work)
    {
        Span<byte> room = stackalloc byte[ShiftBytes];
        room.Fill(0x5a);
        work();
    }

    // Not zeroed before it is read: that is the point.
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private static byte[] Copy()
    {
        Span<byte> room = stackalloc byte[LookedAtBytes];
        return room.ToArray();
    }
}
