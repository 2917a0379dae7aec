using System.CommandLine;
using ZeroKSync.Cli.Commands;

namespace ZeroKSync.Cli;

/// <summary>The command tree of <c>zks</c>.</summary>
internal sealed class ZksCommand
{
    private readonly RootCommand _root;

    private ZksCommand(RootCommand root)
    {
        _root = root;
    }

    public static ZksCommand Create(TextReader input, TextWriter output, TextWriter error)
    {
        var context = new CommandContext(input, output, error);
        var root = new RootCommand("Zero-knowledge sync: what you push is sealed on this device; the relay cannot read it.")
        {
            context.Directory,
            context.Json,
            InitCommand.Create(context),
            GroupCommand.Create(context),
            InviteCommand.Create(context),
            JoinCommand.Create(context),
            PushCommand.Create(context),
            PullCommand.Create(context),
            WatchCommand.Create(context),
            StatusCommand.Create(context),
            DoctorCommand.Create(context),
        };
        return new ZksCommand(root);
    }

    public async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        ParseResult parsed = _root.Parse(arguments);
        int code = await parsed.InvokeAsync();
        return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
    }
}
