namespace ZeroKSync.Client.Sync;

/// <summary>What is kept of one relay's rows that do not open or are missing.</summary>
internal readonly record struct InboxRoom(int Rows, long Bytes);
