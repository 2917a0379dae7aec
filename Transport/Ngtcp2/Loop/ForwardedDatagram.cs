namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>A datagram that reached another loop's socket, on its way to the loop whose connection it is for.</summary>
/// <param name="Bytes">Rented; only the first <paramref name="Length"/> count.</param>
internal readonly record struct ForwardedDatagram(byte[] Bytes, int Length, NativePath Path, byte Ecn);
