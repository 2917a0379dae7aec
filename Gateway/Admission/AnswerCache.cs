using System.Security.Cryptography;

namespace ZeroKSync.Gateway.Admission;

/// <summary>Answers that are remembered for a while, by the hash of what was asked. Bounded: a full cache forgets everything, and asks again.</summary>
internal sealed class AnswerCache(TimeProvider time)
{
    public const int EntriesMax = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, (bool Answer, long At, TimeSpan For)> _answers = [];

    public static Key KeyOf(GroupAdmissionRequest request)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(request.Group.ToArray());
        sha.AppendData(request.Device.ToArray());
        sha.AppendData(request.Token);
        sha.GetHashAndReset(hash);
        return new Key(new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..])), new UInt128(BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..])));
    }

    public bool TryGet(Key key, out bool answer)
    {
        lock (_gate)
        {
            bool isFresh = _answers.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < known.For;
            answer = isFresh && known.Answer;
            return isFresh;
        }
    }

    public void Add(Key key, bool answer, TimeSpan duration)
    {
        lock (_gate)
        {
            if (_answers.Count >= EntriesMax)
                _answers.Clear();

            _answers[key] = (answer, time.GetTimestamp(), duration);
        }
    }

    internal readonly record struct Key(UInt128 High, UInt128 Low);
}
