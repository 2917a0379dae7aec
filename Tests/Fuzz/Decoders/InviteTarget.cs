using System.Buffers.Text;
using System.Text;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>A text that somebody pasted or scanned as an invite. An input's bytes are its characters.</summary>
internal sealed class InviteTarget : FuzzTarget
{
    private static readonly string Id = Base64Url.EncodeToString(KnownGroup.Known(0x31, 32));
    private static readonly string Valid =
        $$"""{"v":3,"r":[["relay.example:4433","{{Id}}"],["[::1]:1","{{Id}}"]],"l":"{{Base64Url.EncodeToString(KnownGroup.Known(0x32, 16))}}","k":"{{Id}}","x":1900000000000}""";

    // What JSON can be that an invite is not.
    private static readonly string[] Pieces =
    [
        "\\ud800", "\\u0000", "\\udc00\\ud800", "\\u0022", "\\x", "\"", "[", "]", "{", "}", ",", ":", "null", "true", "-0", "1e999", "3.0", "99999999999999999999", "\"v\":3", "\"r\":[]",
        "[[[[", "/**/", " ", "\n", "\u00e9", "\ud83d\ude00", "=", "[]:1", "[:1", "]:1", ":1", "a:0", "a:65536", "a:+1", "::1:1",
    ];

    public override string Name => "invites";

    // A JSON document keeps an index of its values, and strings have two bytes to a character.
    public override int AllocatedBytesPerByte => 16;

    public override byte[] Generate(Random random)
    {
        byte[] json = Encoding.UTF8.GetBytes(Valid);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
            json = random.Next(3) == 0 ? ByteMutator.Mutate(random, json, json) : WithPiece(random, json);

        byte[] text = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(json));
        return random.Next(8) == 0 ? ByteMutator.Mutate(random, text, text) : text;
    }

    public override object? Take(byte[] input) => InvitePayload.TryDecode(Encoding.Latin1.GetString(input), out InvitePayload? payload) ? payload : null;

    public override void Verify(byte[] input, object accepted)
    {
        using var payload = (InvitePayload)accepted;
        string encoded = payload.Encode();
        if (encoded.Length > InvitePayload.TextLengthMax)
            return;

        if (!InvitePayload.TryDecode(encoded, out InvitePayload? again))
            throw new BrokenPromiseException($"what was encoded does not decode: {encoded}");

        using (again)
        {
            if (again.Encode() != encoded)
                throw new BrokenPromiseException("what was encoded decodes to something else");
        }
    }

    private static byte[] WithPiece(Random random, byte[] json)
    {
        int at = random.Next(json.Length + 1);
        int cut = random.Next(2) == 0 ? 0 : random.Next(Math.Min(json.Length - at, 12) + 1);
        return [.. json.AsSpan(0, at), .. Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]), .. json.AsSpan(at + cut)];
    }
}
