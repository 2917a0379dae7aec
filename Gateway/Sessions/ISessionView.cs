using ZeroKSync.Gateway.Admission;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>What a request stream may know of its session.</summary>
internal interface ISessionView
{
    DeviceId Device { get; }

    /// <summary>Null until HELLO is welcomed.</summary>
    Membership? Member { get; }

    SessionObserver Observer { get; }

    /// <summary>Paces this device; null until HELLO is welcomed.</summary>
    DeviceLease? Pace { get; }

    int FrameBytesMax { get; }

    /// <summary>What its streams share.</summary>
    StreamLimits Streams { get; }

    /// <summary>What is begun and not answered.</summary>
    InFlight InFlight { get; }

    /// <summary>The pushes of a session go over one stream at a time.</summary>
    SingleLane Pushing { get; }

    /// <summary>A session has one subscription at a time.</summary>
    SingleLane Subscribing { get; }

    bool ServesOnRequest(MessageCode code);

    /// <summary>The rendezvous of JOIN, once.</summary>
    bool TryTakeLookup(out LookupId lookup);
}
