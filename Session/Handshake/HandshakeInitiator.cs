using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// The client's side of Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256: write the first message, read the second, write the third.
/// Whatever is wrong with a message ends the handshake with the same answer, false, and erases what it held; a retry is a new object.
/// Calling the steps in another order is the caller's mistake and throws.
/// </summary>
public sealed class HandshakeInitiator : IDisposable
{
    private enum Step
    {
        WriteFirst,
        ReadSecond,
        WriteThird,
        Over,
    }

    private readonly X25519KeyPair _static;
    private readonly RelayId _expectedRelay;
    private readonly SymmetricState _state;
    private readonly X25519KeyPair _ephemeral;
    private readonly SecretBytes _kemSeed;
    private readonly byte[] _relayEphemeral = new byte[X25519.KeyBytes];
    private RelayId? _relay;
    private Step _step = Step.WriteFirst;

    /// <summary>Starts with fresh ephemeral keys.</summary>
    /// <param name="deviceKey">The device's static key; stays the caller's.</param>
    /// <param name="expectedRelay">Whom the client means to talk to: nothing that identifies the device is sent to anybody else.</param>
    /// <param name="prologue">Of <see cref="HandshakePrologue"/>.</param>
    public HandshakeInitiator(X25519KeyPair deviceKey, RelayId expectedRelay, ReadOnlySpan<byte> prologue)
        : this(deviceKey, expectedRelay, prologue, X25519.GenerateKeyPair(), MlKem768.GenerateSeed())
    {
    }

    /// <summary>With given ephemeral keys, which it then owns: for known answers only.</summary>
    internal HandshakeInitiator(
        X25519KeyPair deviceKey, RelayId expectedRelay, ReadOnlySpan<byte> prologue, X25519KeyPair ephemeral, SecretBytes kemSeed)
    {
        ArgumentNullException.ThrowIfNull(deviceKey);
        _static = deviceKey;
        _expectedRelay = expectedRelay;
        _ephemeral = ephemeral;
        _kemSeed = kemSeed;
        _state = new SymmetricState(prologue);
    }

    /// <summary>The relay that answered, from the second message on; it has proved nothing but what the third message will need.</summary>
    /// <exception cref="InvalidOperationException">The second message was not read yet.</exception>
    public RelayId Relay => _relay ?? throw new InvalidOperationException("The relay is known after the second message.");

    /// <summary>Writes <c>e, e1</c>.</summary>
    /// <param name="message">Exactly <see cref="HandshakeMessage.FirstBytes"/>.</param>
    public void WriteFirst(Span<byte> message)
    {
        Begin(Step.WriteFirst, message.Length, HandshakeMessage.FirstBytes);
        Span<byte> kemKey = message[X25519.KeyBytes..];
        _ephemeral.PublicKey.CopyTo(message);
        _state.MixHash(_ephemeral.PublicKey);
        MlKem768.Default.GetEncapsulationKey(_kemSeed, kemKey);
        _state.EncryptAndHash(kemKey, kemKey);
        _state.EncryptAndHash(plaintext: default, output: default);
        _step = Step.ReadSecond;
    }

    /// <summary>Reads <c>e, ee, ekem1, s, es</c>. False ends the handshake.</summary>
    /// <param name="message">Of any length and content.</param>
    public bool TryReadSecond(ReadOnlySpan<byte> message)
    {
        if (_step == Step.ReadSecond && message.Length == HandshakeMessage.SecondBytes && TryReadSecondCore(message))
        {
            _step = Step.WriteThird;
            return true;
        }

        Dispose();
        return false;
    }

    /// <summary>
    /// Writes <c>s, se</c> and gives the session. False, with nothing written, when the relay is not the expected one: the device's
    /// identity is in this message and must not reach a stranger.
    /// </summary>
    /// <param name="message">Exactly <see cref="HandshakeMessage.ThirdBytes"/>.</param>
    /// <param name="keys">The caller's to dispose of.</param>
    public bool TryWriteThird(Span<byte> message, [NotNullWhen(true)] out SessionKeys? keys)
    {
        Begin(Step.WriteThird, message.Length, HandshakeMessage.ThirdBytes);
        keys = null;
        Span<byte> secret = stackalloc byte[X25519.KeyBytes];
        if (_relay == _expectedRelay && X25519.TryAgree(_static.SecretKey, _relayEphemeral, secret))
        {
            const int StaticEnd = X25519.KeyBytes + HandshakeMessage.TagBytes;
            _state.EncryptAndHash(_static.PublicKey, message[..StaticEnd]);
            _state.MixKey(secret);
            _state.EncryptAndHash(plaintext: default, message[StaticEnd..]);
            keys = new SessionKeys(_state.Split(), isInitiator: true, _state.Hash, _expectedRelay.Value);
        }

        CryptographicOperations.ZeroMemory(secret);
        Dispose();
        return keys is not null;
    }

    /// <summary>Erases the ephemeral keys and the state; the static key stays the caller's.</summary>
    public void Dispose()
    {
        _step = Step.Over;
        _state.Dispose();
        _ephemeral.Dispose();
        _kemSeed.Dispose();
    }

    private bool TryReadSecondCore(ReadOnlySpan<byte> message)
    {
        const int KemEnd = X25519.KeyBytes + MlKem768.CiphertextBytes + HandshakeMessage.TagBytes;
        const int StaticEnd = KemEnd + X25519.KeyBytes + HandshakeMessage.TagBytes;
        Span<byte> secret = stackalloc byte[X25519.KeyBytes];
        Span<byte> kemCiphertext = stackalloc byte[MlKem768.CiphertextBytes];
        Span<byte> relay = stackalloc byte[X25519.KeyBytes];
        try
        {
            message[..X25519.KeyBytes].CopyTo(_relayEphemeral);
            _state.MixHash(_relayEphemeral);
            if (!X25519.TryAgree(_ephemeral.SecretKey, _relayEphemeral, secret))
                return false;

            _state.MixKey(secret);
            if (!_state.TryDecryptAndHash(message[X25519.KeyBytes..KemEnd], kemCiphertext))
                return false;

            MlKem768.Default.Decapsulate(_kemSeed, kemCiphertext, secret);
            _state.MixKey(secret);
            if (!_state.TryDecryptAndHash(message[KemEnd..StaticEnd], relay) || !X25519.TryAgree(_ephemeral.SecretKey, relay, secret))
                return false;

            _state.MixKey(secret);
            if (!_state.TryDecryptAndHash(message[StaticEnd..], plaintext: default))
                return false;

            _relay = RelayId.Read(relay);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void Begin(Step step, int length, int expectedLength)
    {
        if (_step != step)
            throw new InvalidOperationException("The handshake is over, or its steps are taken in the wrong order.");

        if (length != expectedLength)
            throw new ArgumentException($"{expectedLength} bytes expected, {length} given.");
    }
}
