using System.Text.Json;
using ZeroKSync.EmbeddedRuntime.State;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.EmbeddedRuntime.Embedded;

public sealed class StateJsonTests
{
    [Fact]
    public void Write_IdsNumbersAndBytes_ReadsBackTheSame()
    {
        var state = new Everything
        {
            Group = GroupId.Read(Enumerable.Range(1, 32).Select(value => (byte)value).ToArray()),
            Position = new Cursor(ulong.MaxValue),
            Token = [1, 2, 3],
            Name = null,
        };
        var read = StateJson.Read<Everything>(StateJson.Write(state));
        Assert.Equal(state.Group, read.Group);
        Assert.Equal(state.Position, read.Position);
        Assert.Equal(state.Token, read.Token);
        Assert.Null(read.Name);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"Group\":\"AQID\"}")]
    [InlineData("{\"Group\":7}")]
    [InlineData("{")]
    public void Read_NotThisState_Throws(string stored) =>
        Assert.ThrowsAny<JsonException>(() => StateJson.Read<Everything>(System.Text.Encoding.UTF8.GetBytes(stored)));

    private sealed class Everything
    {
        public GroupId Group { get; set; }

        public Cursor Position { get; set; }

        public byte[] Token { get; set; } = [];

        public string? Name { get; set; } = "";
    }
}
