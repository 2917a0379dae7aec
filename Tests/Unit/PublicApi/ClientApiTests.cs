using ZeroKSync.Client;

namespace ZeroKSync.Tests.Unit.PublicApi;

public sealed class ClientApiTests
{
    [Fact]
    public void ClientSdk_PublicSurface_IsAsApproved() =>
        Approved.Compare("PublicApi/ZeroKSync.Client.approved.txt", ApiText.Of(typeof(SyncClient).Assembly));
}
