namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>
/// The own ML-KEM-768 handles secrets without a branch, an index or a division that a value decides. What is checked is the sources' text, by
/// <see cref="ConstantTimeSource"/>: that nothing of the kind is there but loops and indexes that count, and the conditions below. That a
/// counter holds no secret, and what the compiler makes of it all, is not checked here: the first was read, the second is measured
/// (docs/CRYPTOGRAPHY.md, Constant time).
/// </summary>
public sealed class ConstantTimeSourceTests
{
    private const string Folder = "Cryptography/MlKem";

    // Public by construction: the matrix and its seed, the check of a peer's key, and the system's library.
    private static readonly string[] WithoutSecrets = ["PublicMatrix.cs", "PublicKeyCheck.cs", "PlatformMlKem768.cs"];

    private static readonly Dictionary<string, string[]> Reviewed = new(StringComparer.Ordinal)
    {
        // How many bytes went in or came out; whether this machine is little-endian.
        ["KeccakSponge.cs"] =
        [
            "if (++_position == _rate)", "if (!_isSqueezing)", "if (_position == _rate)",
            "private static int LaneByte(int position) => BitConverter.IsLittleEndian ? position : position ^ 7;",
        ],
        // Answers that the caller gets: the key is refused. The hash itself is compared in constant time.
        ["ManagedMlKem768.cs"] =
        [
            "if (!PublicKeyCheck.IsReduced(encapsulationKey))", "if (!CryptographicOperations.FixedTimeEquals(hash, decapsulationKey.Slice(HashOffset, HashBytes)))",
        ],
    };

    public static TheoryData<string> Files =>
        [.. Sources.CSharp.Where(path => Sources.IsUnder(path, Folder)).Select(path => path[(Folder.Length + 1)..]).Except(WithoutSecrets)];

    [Fact]
    public void Files_WithSecrets_AreAllRead() =>
        Assert.Equal(
            ["Field.cs", "KeccakPermutation.cs", "KeccakSponge.cs", "ManagedMlKem768.cs", "MlKemHash.cs", "NumberTheoreticTransform.cs", "Polynomial.cs", "PublicKeyEncryption.cs", "Sampling.cs"],
            Files.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Source_WithSecrets_DecidesNothingByValue(string file) =>
        Assert.Empty(ConstantTimeSource.Findings(Sources.Read($"{Folder}/{file}"), Reviewed.GetValueOrDefault(file, [])));

    // Each stands in a file that is checked: a rule that finds nothing anywhere would not be noticed otherwise.
    [Theory]
    [InlineData("uint low = coefficient / Field.Q;", "division")]
    [InlineData("coefficient %= Field.Q;", "division")]
    [InlineData("(uint quotient, uint rest) = Math.DivRem(coefficient, Q);", "division")]
    [InlineData("if (coefficient > HalfQ)", "branch")]
    [InlineData("while (message[i] != 0)", "branch")]
    [InlineData("byte chosen = isEqual ? secret : rejected;", "branch")]
    [InlineData("bool both = isEqual && isWhole;", "branch")]
    [InlineData("for (int i = 0; i < coefficient; i++)", "branch")]
    [InlineData("for (int i = 0; message[i] < Lanes; i++)", "branch")]
    [InlineData("bool isLarge = coefficient >= Q;", "comparison")]
    [InlineData("bool isLarge = coefficient > Q;", "comparison")]
    [InlineData("uint lesser = Math.Min(coefficient, Q);", "comparison")]
    [InlineData("return ciphertext.SequenceEqual(again);", "call")]
    [InlineData("uint power = Powers[coefficient];", "index")]
    [InlineData("uint power = Powers[message[i]];", "index")]
    [InlineData("uint power = Powers[(2 * i) + secret];", "index")]
    [InlineData("uint power = Powers[value];", "index")]
    public void Findings_InABadLine_NameIt(string line, string kind) =>
        Assert.StartsWith(kind, Assert.Single(ConstantTimeSource.Findings("    " + line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("private const int EncodedBytes = Coefficients * 12 / 8;")]
    [InlineData("for (int start = 0; start < Polynomial.Coefficients; start += 2 * length)")]
    [InlineData("f[(2 * i) + 1] = Difference(value >> 4); // a comment / with % what? is || allowed")]
    [InlineData("foreach (ref uint coefficient in f)")]
    public void Findings_InAGoodLine_AreNone(string line) => Assert.Empty(ConstantTimeSource.Findings(line));
}
