namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>The same where each row of the database is two blobs: what a page costs is twice as much at most, and everything goes on as well.</summary>
public sealed class SqlitePackedPageDamageTests : SqlitePageDamageTests
{
    protected override int BlobsAlike => 2;
}
