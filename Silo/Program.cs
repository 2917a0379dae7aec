using ZeroKSync.Silo.Commands;

return await RelayCommand.Create().Parse(args).InvokeAsync();
