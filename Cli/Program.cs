using ZeroKSync.Cli;

return await ZksCommand.Create(Console.In, Console.Out, Console.Error).InvokeAsync(args);
