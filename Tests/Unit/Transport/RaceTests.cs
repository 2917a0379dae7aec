using System.Net;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class RaceTests
{
    [Fact]
    public async Task RunAsync_WinnerFinishesWhileItIsLookedAt_IsNeverDropped()
    {
        const int Rounds = 20_000;

        for (int i = 0; i < Rounds; i++)
        {
            var made = new CountedConnection();
            // It finishes at any moment of the race's own looking.
            Func<CancellationToken, Task<TransportConnection>> way = _ => Task.Run<TransportConnection>(() => made);

            Assert.Same(made, await Race.RunAsync([way], TimeSpan.FromSeconds(1), TestClock.System, CancellationToken.None).Within());
            Assert.Equal(0, made.Disposals);
        }
    }

    private sealed class CountedConnection : TransportConnection
    {
        public int Disposals { get; private set; }

        public override IPEndPoint RemoteEndPoint => throw new NotSupportedException();

        public override ReadOnlyMemory<byte> CertificateHash => throw new NotSupportedException();

        public override Task<TransportCloseReason> Closed => throw new NotSupportedException();

        public override ConnectionStatistics Statistics => throw new NotSupportedException();

        public override ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override ValueTask DisposeAsync()
        {
            Disposals++;
            return ValueTask.CompletedTask;
        }
    }
}
