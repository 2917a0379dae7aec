using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_conn_info</c>: times in ns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConnectionInfoStruct
{
    public ulong LatestRoundTrip;
    public ulong MinRoundTrip;
    public ulong SmoothedRoundTrip;
    public ulong RoundTripVariance;
    public ulong CongestionWindow;
    public ulong SlowStartThreshold;
    public ulong BytesInFlight;
}
