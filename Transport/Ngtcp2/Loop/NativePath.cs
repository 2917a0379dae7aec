using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>Both ends of a path, held by value: the engine's own form only points.</summary>
internal struct NativePath
{
    public NativeAddress Local;
    public NativeAddress Remote;

    public static unsafe NativePath Copy(PathStruct* path) => new()
    {
        Local = NativeAddress.Copy(path->Local.Address, path->Local.Length),
        Remote = NativeAddress.Copy(path->Remote.Address, path->Remote.Length),
    };

    /// <summary>The engine's form of a path that stays where it is meanwhile.</summary>
    public static unsafe PathStruct Pointing(NativePath* path) => new()
    {
        Local = new AddressStruct { Address = &path->Local.Bytes, Length = path->Local.Length },
        Remote = new AddressStruct { Address = &path->Remote.Bytes, Length = path->Remote.Length },
    };
}
