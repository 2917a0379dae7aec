using System.Text.Encodings.Web;
using System.Text.Json;

namespace ZeroKSync.Cli;

/// <summary>Writes results: a sentence for people, or one JSON object a line. Errors go to the error stream in both forms.</summary>
internal sealed class Report(TextWriter output, TextWriter error, bool asJson)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool AsJson => asJson;

    /// <summary>One result.</summary>
    /// <param name="sentence">For people; lines may be several.</param>
    /// <param name="fields">The same as JSON members.</param>
    public void Write(string sentence, Action<Utf8JsonWriter> fields) => output.WriteLine(asJson ? Object(fields) : sentence);

    /// <summary>Something on the way; left out of JSON, so that a script reads only results.</summary>
    public void Progress(string sentence)
    {
        if (!asJson)
            error.WriteLine(sentence);
    }

    public void Failure(string sentence, string kind) => error.WriteLine(asJson
        ? Object(json =>
        {
            json.WriteString("error", kind);
            json.WriteString("message", sentence);
        })
        : $"zks: {sentence}");

    private static string Object(Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
