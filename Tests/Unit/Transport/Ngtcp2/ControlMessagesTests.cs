using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

public sealed unsafe class ControlMessagesTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.9", 56)]
    [InlineData("2001:db8::7", "2001:db8::9", 64)]
    public void Write_Everything_TakesItsRoomAndIsReadBack(string local, string remote, int bytes)
    {
        byte* control = stackalloc byte[ControlMessages.RoomBytes];
        NativeAddress from = NativeAddress.Of(new IPEndPoint(IPAddress.Parse(local), 4433));
        NativeAddress to = NativeAddress.Of(new IPEndPoint(IPAddress.Parse(remote), 5555));

        nuint length = ControlMessages.Write(control, 0, &from, &to, ecn: 2);
        NativeAddress read = NativeAddress.Of(new IPEndPoint(IPAddress.Parse(local).AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 4433));
        int segment = 0;
        byte ecn = 0;
        ControlMessages.Read(control, length, ref segment, &read, ref ecn);

        Assert.Equal((nuint)bytes, length);
        Assert.Equal(2, ecn);
        Assert.Equal(0, segment);
    }

    [Fact]
    public void Write_Nothing_TakesNothing()
    {
        byte* control = stackalloc byte[ControlMessages.RoomBytes];
        NativeAddress to = NativeAddress.Of(new IPEndPoint(IPAddress.Loopback, 1));

        Assert.Equal((nuint)0, ControlMessages.Write(control, 0, null, &to, ecn: 0));
    }

    [Fact]
    public void Read_ClaimedLengthsOfEverySize_StaysInside()
    {
        byte[] bytes = new byte[ControlMessages.RoomBytes];
        for (int seed = 0; seed < 20_000; seed++)
        {
            RandomNumberGenerator.Fill(bytes);
            bytes.AsSpan(1, 7).Clear();
            NativeAddress local = NativeAddress.Of(new IPEndPoint(IPAddress.IPv6Any, 1));
            int segment = 0;
            byte ecn = 0;
            fixed (byte* control = bytes)
                ControlMessages.Read(control, (nuint)(seed % bytes.Length), ref segment, &local, ref ecn);

            Assert.InRange(ecn, 0, 3);
        }
    }
}
