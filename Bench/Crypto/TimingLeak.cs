using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;

namespace ZeroKSync.Bench.Crypto;

/// <summary>
/// Whether the own ML-KEM takes another time for a ciphertext it rejects than for one it accepts, after dudect (Reparaz, Balasch, Verbauwhede,
/// "Dude, is my code constant time?", 2017): one valid and one altered ciphertext, drawn at random call by call, so that whatever else the machine does
/// meets both alike; Welch's t over all measurements, and over those below each of 100 percentiles, because interruptions are rare and long.
/// A t that stays small shows no difference of this size, on this machine; it proves none.
/// </summary>
internal sealed class TimingLeak(TextWriter output, int measurements)
{
    /// <summary>Lines of <c>bench crypto</c> have names; this one's.</summary>
    public const string Name = "ML-KEM-768 timing, valid against altered";

    // dudect's bound: below it, nothing was seen. A hundred crops are looked at, so 4.5, usual for one test, would be met by chance.
    private const double TMax = 10;
    private const int Crops = 100;
    private const int WarmUp = 2_000;

    /// <summary>Measures, prints, and says whether no difference was seen.</summary>
    public bool Run()
    {
        byte[] key = new byte[MlKem768.DecapsulationKeyBytes];
        byte[] valid = new byte[MlKem768.CiphertextBytes];
        byte[] secret = new byte[MlKem768.SharedSecretBytes];
        ManagedMlKem768.Expand(RandomNumberGenerator.GetBytes(MlKem768.SeedBytes), key);
        ManagedMlKem768.TryEncapsulate(
            RandomNumberGenerator.GetBytes(PublicKeyEncryption.MessageBytes), key.AsSpan(PublicKeyEncryption.SecretKeyBytes, MlKem768.EncapsulationKeyBytes), valid, secret);
        byte[] altered = [.. valid];
        altered[0] ^= 1;

        double t = Measure("ML-KEM-768 decapsulation", valid, altered, ciphertext => ManagedMlKem768.Decapsulate(key, ciphertext, secret));

        // What a leak would look like: a comparison that stops at the first difference, which is where a rejection's is.
        byte[] again = [.. valid];
        bool isEqual = false;
        Measure("control: the same, then a comparison that stops early", valid, altered, ciphertext =>
        {
            ManagedMlKem768.Decapsulate(key, ciphertext, secret);
            for (int i = 0; i < again.Length && again[i] == ciphertext[i]; i++)
                isEqual = i == again.Length - 1;
        });
        GC.KeepAlive(isEqual);
        return t <= TMax;
    }

    private double Measure(string what, byte[] valid, byte[] altered, Action<byte[]> call)
    {
        byte[] draw = RandomNumberGenerator.GetBytes(measurements);
        double[] ticks = new double[measurements];
        byte[] ciphertext = new byte[valid.Length];
        for (int i = -WarmUp; i < measurements; i++)
        {
            // Into one place, so that the caches know both alike.
            (IsAltered(draw, Math.Max(i, 0)) ? altered : valid).CopyTo(ciphertext, 0);
            long before = Stopwatch.GetTimestamp();
            call(ciphertext);
            long after = Stopwatch.GetTimestamp();
            if (i >= 0)
                ticks[i] = after - before;
        }

        double[] sorted = [.. ticks.Order()];
        double whole = T(ticks, draw, double.MaxValue);
        double worst = Math.Abs(whole);
        for (int crop = 1; crop <= Crops; crop++)
        {
            // dudect's percentiles: close together where the measurements are.
            double share = 1 - Math.Pow(0.5, 10.0 * crop / Crops);
            double t = T(ticks, draw, sorted[(int)(share * (measurements - 1))]);
            worst = Math.Max(worst, Math.Abs(t));
        }

        double nanoseconds = 1e9 / Stopwatch.Frequency;
        double ofValid = Quantiles.Median(ticks.Where((_, i) => !IsAltered(draw, i))) * nanoseconds;
        double ofAltered = Quantiles.Median(ticks.Where((_, i) => IsAltered(draw, i))) * nanoseconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: {measurements} calls, medians {ofValid:0} ns valid, {ofAltered:0} ns altered; t {whole:0.00}, at the median's crop {T(ticks, draw, sorted[measurements / 2]):0.00}, largest of {Crops} crops {worst:0.00} (no difference seen up to {TMax:0})"));
        return worst;
    }

    private static double T(double[] ticks, byte[] draw, double most)
    {
        var test = new WelchTest();
        for (int i = 0; i < ticks.Length; i++)
        {
            if (ticks[i] <= most)
                test.Add(IsAltered(draw, i), ticks[i]);
        }

        return test.T;
    }

    private static bool IsAltered(byte[] draw, int i) => (draw[i] & 1) != 0;
}
