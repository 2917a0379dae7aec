using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// One end's part in the handshakes inside a session: the messages of each, and what they do to the session's keys. What follows what is
/// <see cref="RekeyMachine"/>'s; it sends and waits for nothing. One call at a time.
/// </summary>
internal sealed class RekeyExchange : IDisposable
{
    private readonly SessionKeys _keys;
    private readonly X25519KeyPair _static;
    private readonly RelayId? _relay;
    private HandshakeInitiator? _initiator;
    private HandshakeResponder? _responder;

    /// <param name="keys">Of the session; stay the caller's.</param>
    /// <param name="staticKey">The one the session began with; stays the caller's.</param>
    /// <param name="relay">Whom a client speaks to; null at the relay.</param>
    internal RekeyExchange(SessionKeys keys, X25519KeyPair staticKey, RelayId? relay)
    {
        _keys = keys;
        _static = staticKey;
        _relay = relay;
    }

    internal bool IsClient => _relay is not null;

    internal RekeyPhase Phase { get; private set; } = RekeyPhase.Idle;

    /// <summary>Takes what happened, and says what the end does about it.</summary>
    /// <param name="input">Of <see cref="Classify"/>, or the rules' wish.</param>
    /// <param name="handshakeMessage">Of the REKEY that came.</param>
    /// <param name="answer">The handshake message to send; empty for one of its own kind.</param>
    internal RekeyAction Take(RekeyInput input, ReadOnlySpan<byte> handshakeMessage, out byte[] answer)
    {
        (Phase, RekeyAction action) = RekeyMachine.Next(IsClient, Phase, input);
        bool isDone = Perform(action, handshakeMessage, out answer);
        if (isDone && action != RekeyAction.Break)
            return action;

        Break();
        return RekeyAction.Break;
    }

    /// <summary>What a REKEY is to this end.</summary>
    /// <param name="messageLength">Of its handshake message.</param>
    /// <param name="epoch">That its frame came under.</param>
    /// <param name="framesOfEpoch">That the session stream had of it, this one included.</param>
    internal RekeyInput Classify(int messageLength, int epoch, ulong framesOfEpoch)
    {
        if (epoch == _keys.Epoch + 1 && framesOfEpoch == 1 && messageLength == 0)
            return RekeyInput.Confirmation;

        if (epoch != _keys.Epoch)
            return RekeyInput.Other;

        return messageLength switch
        {
            0 => RekeyInput.Empty,
            HandshakeMessage.FirstBytes => RekeyInput.First,
            HandshakeMessage.SecondBytes => RekeyInput.Second,
            HandshakeMessage.ThirdBytes => RekeyInput.Third,
            _ => RekeyInput.Other,
        };
    }

    /// <summary>Nothing more is taken, and what a handshake held is erased.</summary>
    internal void Break()
    {
        Phase = RekeyPhase.Broken;
        Dispose();
    }

    public void Dispose()
    {
        _initiator?.Dispose();
        _responder?.Dispose();
    }

    private bool Perform(RekeyAction action, ReadOnlySpan<byte> message, out byte[] answer)
    {
        answer = [];
        switch (action)
        {
            case RekeyAction.SendFirst:
                answer = WriteFirst();
                return true;
            case RekeyAction.SendSecond:
                return TryWriteSecond(message, answer = new byte[HandshakeMessage.SecondBytes]);
            case RekeyAction.SendThird:
                return TryWriteThird(message, answer = new byte[HandshakeMessage.ThirdBytes]);
            case RekeyAction.Confirm:
                return TryReadThird(message);
            default:
                return true;
        }
    }

    private byte[] WriteFirst()
    {
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        _initiator = new HandshakeInitiator(_static, _relay!.Value, HandshakePrologue.ForRekey(_keys.LastHandshakeHash));
        _initiator.WriteFirst(first);
        return first;
    }

    private bool TryWriteSecond(ReadOnlySpan<byte> first, byte[] second)
    {
        _responder = new HandshakeResponder(_static, HandshakePrologue.ForRekey(_keys.LastHandshakeHash));
        return _responder.TryReadFirst(first) && _responder.TryWriteSecond(second);
    }

    // The client names nobody but the session's relay as the one it speaks to, and writes nothing to another.
    private bool TryWriteThird(ReadOnlySpan<byte> second, byte[] third)
    {
        if (!_initiator!.TryReadSecond(second) || !_initiator.TryWriteThird(third, out SessionKeys? made))
            return false;

        using (made)
            return _keys.TryStage(made);
    }

    private bool TryReadThird(ReadOnlySpan<byte> third)
    {
        if (!_responder!.TryReadThird(third, out SessionKeys? made))
            return false;

        using (made)
            return _keys.TryStage(made);
    }
}
