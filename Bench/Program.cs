using ZeroKSync.Bench;

return await BenchCommand.Create().Parse(args).InvokeAsync();
