using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Storage.Sqlite;

public class SqlitePageDamageTests : PageDamageConformance, IAsyncLifetime
{
    private const int PageBytes = 4096;
    private const byte InteriorIndexPage = 2;
    private const byte LeafIndexPage = 10;

    private readonly TempDirectory _directory = new();
    private SqliteStore? _store;

    private string FilePath => _directory.Sub(SqliteStore.FileName);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();

        _directory.Dispose();
    }

    protected override Task<IBlobLog> OpenAsync()
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        return Task.FromResult<IBlobLog>(new SqliteBlobLog(_store));
    }

    protected override async Task<IBlobLog> ReopenDamagedAsync(DamagedPlace place, byte[] row)
    {
        await _store!.DisposeAsync();
        byte[] file = await File.ReadAllBytesAsync(FilePath);
        int page = place switch
        {
            DamagedPlace.Rows => file.AsSpan().IndexOf(row) / PageBytes,
            DamagedPlace.CursorIndex => LeafOf(file, RootOf("entries_by_cursor")),
            _ => LeafOf(file, RootOf("entries_by_expiry")),
        };
        RandomNumberGenerator.Fill(file.AsSpan(page * PageBytes, PageBytes));
        await File.WriteAllBytesAsync(FilePath, file);
        return await OpenAsync();
    }

    private int RootOf(string index)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT rootpage FROM sqlite_schema WHERE name = '{index}'";
        return (int)(long)command.ExecuteScalar()! - 1;
    }

    // The leftmost: what is oldest.
    private static int LeafOf(byte[] file, int root)
    {
        ReadOnlySpan<byte> page = file.AsSpan(root * PageBytes, PageBytes);
        Assert.Equal(InteriorIndexPage, page[0]);
        int firstCell = BinaryPrimitives.ReadUInt16BigEndian(page[12..]);
        int leaf = (int)BinaryPrimitives.ReadUInt32BigEndian(page[firstCell..]) - 1;
        Assert.Equal(LeafIndexPage, file[leaf * PageBytes]);
        return leaf;
    }
}
