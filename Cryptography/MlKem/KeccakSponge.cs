using System.Runtime.InteropServices;

namespace ZeroKSync.Cryptography.MlKem;

/// <summary>
/// The sponge of FIPS 202: SHA3-256, SHA3-512, SHAKE128 and SHAKE256 differ by rate and padding. Absorb, then squeeze in any pieces, then
/// <see cref="Clear"/>: its state is as secret as what went in. Absorbing after squeezing is not offered by any caller.
/// </summary>
internal ref struct KeccakSponge
{
    internal const int Sha3256Rate = 136;
    internal const int Sha3512Rate = 72;
    internal const int Shake128Rate = 168;
    internal const int Shake256Rate = 136;
    internal const byte Sha3Padding = 0x06;
    internal const byte ShakePadding = 0x1F;

    private readonly Span<ulong> _lanes;
    private readonly Span<byte> _state;
    private readonly int _rate;
    private readonly byte _padding;
    private int _position;
    private bool _isSqueezing;

    /// <param name="state">25 lanes of the caller's stack.</param>
    internal KeccakSponge(Span<ulong> state, int rate, byte padding)
    {
        _lanes = state[..KeccakPermutation.Lanes];
        _lanes.Clear();
        _state = MemoryMarshal.AsBytes(_lanes);
        _rate = rate;
        _padding = padding;
    }

    internal void Absorb(scoped ReadOnlySpan<byte> input)
    {
        foreach (byte value in input)
        {
            _state[LaneByte(_position)] ^= value;
            if (++_position == _rate)
            {
                KeccakPermutation.Permute(_lanes);
                _position = 0;
            }
        }
    }

    internal void Squeeze(scoped Span<byte> output)
    {
        if (!_isSqueezing)
        {
            _state[LaneByte(_position)] ^= _padding;
            _state[LaneByte(_rate - 1)] ^= 0x80;
            _position = _rate;
            _isSqueezing = true;
        }

        for (int i = 0; i < output.Length; i++)
        {
            if (_position == _rate)
            {
                KeccakPermutation.Permute(_lanes);
                _position = 0;
            }

            output[i] = _state[LaneByte(_position++)];
        }
    }

    internal readonly void Clear() => System.Security.Cryptography.CryptographicOperations.ZeroMemory(_state);

    // Lanes are little-endian by definition; on a big-endian machine their bytes stand the other way round.
    private static int LaneByte(int position) => BitConverter.IsLittleEndian ? position : position ^ 7;
}
