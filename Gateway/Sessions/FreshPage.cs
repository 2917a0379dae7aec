using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>Rows that were stored just now over this gateway, as a page that need not be read.</summary>
/// <param name="After">The page begins behind this cursor.</param>
/// <param name="Page">Exactly what a read would have given when they were stored.</param>
/// <param name="StoredAt">The clock's timestamp then.</param>
internal sealed record FreshPage(Cursor After, ReadPage Page, long StoredAt);
