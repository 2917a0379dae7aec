using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// The relay's side of Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256: read the first message, write the second, read the third.
/// Whatever is wrong with a message ends the handshake with the same answer, false, and erases what it held.
/// </summary>
public sealed class HandshakeResponder : IDisposable
{
    /// <summary>How a KEM secret is made: random in a session, given where an answer must be known.</summary>
    internal delegate bool Encapsulate(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret);

    private enum Step
    {
        ReadFirst,
        WriteSecond,
        ReadThird,
        Over,
    }

    private readonly X25519KeyPair _static;
    private readonly SymmetricState _state;
    private readonly X25519KeyPair _ephemeral;
    private readonly Encapsulate _encapsulate;
    private readonly byte[] _deviceEphemeral = new byte[X25519.KeyBytes];
    private byte[]? _kemKey;
    private Step _step = Step.ReadFirst;

    /// <summary>Starts with a fresh ephemeral key.</summary>
    /// <param name="relayKey">The relay's static key; stays the caller's, and many handshakes use it at once.</param>
    /// <param name="prologue">Of <see cref="HandshakePrologue"/>.</param>
    public HandshakeResponder(X25519KeyPair relayKey, ReadOnlySpan<byte> prologue)
        : this(relayKey, prologue, X25519.GenerateKeyPair(), MlKem768.Default.TryEncapsulate)
    {
    }

    /// <summary>With a given ephemeral key, which it then owns, and encapsulation: for known answers only.</summary>
    internal HandshakeResponder(X25519KeyPair relayKey, ReadOnlySpan<byte> prologue, X25519KeyPair ephemeral, Encapsulate encapsulate)
    {
        ArgumentNullException.ThrowIfNull(relayKey);
        _static = relayKey;
        _ephemeral = ephemeral;
        _encapsulate = encapsulate;
        _state = new SymmetricState(prologue);
    }

    /// <summary>Reads <c>e, e1</c>. False ends the handshake.</summary>
    /// <param name="message">Of any length and content.</param>
    public bool TryReadFirst(ReadOnlySpan<byte> message)
    {
        if (_step != Step.ReadFirst || message.Length != HandshakeMessage.FirstBytes)
        {
            Dispose();
            return false;
        }

        message[..X25519.KeyBytes].CopyTo(_deviceEphemeral);
        _state.MixHash(_deviceEphemeral);
        _kemKey = new byte[MlKem768.EncapsulationKeyBytes];

        // No key yet: the message is taken as it is, and checked when the second one is made of it.
        _state.TryDecryptAndHash(message[X25519.KeyBytes..], _kemKey);
        _state.TryDecryptAndHash(input: default, plaintext: default);
        _step = Step.WriteSecond;
        return true;
    }

    /// <summary>Writes <c>e, ee, ekem1, s, es</c>. False, with nothing of use written, when a key of the first message is not one.</summary>
    /// <param name="message">Exactly <see cref="HandshakeMessage.SecondBytes"/>.</param>
    public bool TryWriteSecond(Span<byte> message)
    {
        if (_step != Step.WriteSecond || _kemKey is null)
            throw new InvalidOperationException("The handshake is over, or its steps are taken in the wrong order.");

        if (message.Length != HandshakeMessage.SecondBytes)
            throw new ArgumentException($"{HandshakeMessage.SecondBytes} bytes expected, {message.Length} given.", nameof(message));

        if (TryWriteSecondCore(message, _kemKey))
        {
            _kemKey = null;
            _step = Step.ReadThird;
            return true;
        }

        message.Clear();
        Dispose();
        return false;
    }

    /// <summary>Reads <c>s, se</c> and gives the session. False ends the handshake.</summary>
    /// <param name="message">Of any length and content.</param>
    /// <param name="keys">The caller's to dispose of; it names the device.</param>
    public bool TryReadThird(ReadOnlySpan<byte> message, [NotNullWhen(true)] out SessionKeys? keys)
    {
        keys = null;
        if (_step == Step.ReadThird && message.Length == HandshakeMessage.ThirdBytes)
            TryReadThirdCore(message, out keys);

        Dispose();
        return keys is not null;
    }

    /// <summary>Erases the ephemeral key and the state; the static key stays the caller's.</summary>
    public void Dispose()
    {
        _step = Step.Over;
        _kemKey = null;
        _state.Dispose();
        _ephemeral.Dispose();
    }

    private bool TryWriteSecondCore(Span<byte> message, ReadOnlySpan<byte> kemKey)
    {
        const int KemEnd = X25519.KeyBytes + MlKem768.CiphertextBytes + HandshakeMessage.TagBytes;
        const int StaticEnd = KemEnd + X25519.KeyBytes + HandshakeMessage.TagBytes;
        Span<byte> secret = stackalloc byte[X25519.KeyBytes];
        Span<byte> kemCiphertext = stackalloc byte[MlKem768.CiphertextBytes];
        try
        {
            _ephemeral.PublicKey.CopyTo(message);
            _state.MixHash(_ephemeral.PublicKey);
            if (!X25519.TryAgree(_ephemeral.SecretKey, _deviceEphemeral, secret))
                return false;

            _state.MixKey(secret);
            if (!_encapsulate(kemKey, kemCiphertext, secret))
                return false;

            _state.EncryptAndHash(kemCiphertext, message[X25519.KeyBytes..KemEnd]);
            _state.MixKey(secret);
            _state.EncryptAndHash(_static.PublicKey, message[KemEnd..StaticEnd]);
            if (!X25519.TryAgree(_static.SecretKey, _deviceEphemeral, secret))
                return false;

            _state.MixKey(secret);
            _state.EncryptAndHash(plaintext: default, message[StaticEnd..]);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void TryReadThirdCore(ReadOnlySpan<byte> message, out SessionKeys? keys)
    {
        const int StaticEnd = X25519.KeyBytes + HandshakeMessage.TagBytes;
        keys = null;
        Span<byte> secret = stackalloc byte[X25519.KeyBytes];
        Span<byte> device = stackalloc byte[X25519.KeyBytes];
        if (_state.TryDecryptAndHash(message[..StaticEnd], device) && X25519.TryAgree(_ephemeral.SecretKey, device, secret))
        {
            _state.MixKey(secret);
            if (_state.TryDecryptAndHash(message[StaticEnd..], plaintext: default))
                keys = new SessionKeys(_state.Split(), isInitiator: false, _state.Hash, Bytes32.Read(device));
        }

        CryptographicOperations.ZeroMemory(secret);
    }
}
