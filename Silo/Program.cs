using ZeroKSync.Silo;
using ZeroKSync.Silo.Commands;

CrashNotice.Install();
return await RelayCommand.InvokeAsync(args);
