// The three messages of Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256, the keys that follow and some frames, written from the Noise
// specification and its hfs extension over primitives that share no code with this project's. Secrets are the fixed ones of
// Tests/Unit/Session/Handshake/HandshakeFixture.cs: they protect nothing. Prints the known answers of ../../Generated/noise.json:
//   node noise.mjs > ../../Generated/noise.json
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const ascii = text => new TextEncoder().encode(text);
const hex = bytes => Buffer.from(bytes).toString('hex');
const join = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));
const filled = (value, length) => new Uint8Array(length).fill(value);
const empty = new Uint8Array(0);

const bigEndian = (value, bytes) => {
  const out = new Uint8Array(bytes);
  for (let i = bytes - 1, rest = BigInt(value); i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
};

// Noise 5.1: 32 zero bits, then the counter, little-endian.
const nonce = counter => join(new Uint8Array(4), bigEndian(counter, 8).reverse());
const seal = (key, counter, associated, plaintext) => chacha20poly1305(key, nonce(counter), associated).encrypt(plaintext);

// Noise 4.3: HKDF with two outputs.
const hkdf2 = (chainingKey, input) => {
  const temporary = hmac(sha256, chainingKey, input);
  const first = hmac(sha256, temporary, Uint8Array.of(1));
  return [first, hmac(sha256, temporary, join(first, Uint8Array.of(2)))];
};

// Noise 5.2.
class SymmetricState {
  constructor(name, prologue) {
    this.h = name.length <= 32 ? join(name, new Uint8Array(32 - name.length)) : sha256(name);
    this.ck = this.h;
    this.k = null;
    this.n = 0;
    this.trace = [];
    this.mixHash(prologue, 'prologue');
  }

  mixHash(data, token) {
    this.h = sha256(join(this.h, data));
    this.trace.push({ after: token, h: hex(this.h), ck: hex(this.ck) });
  }

  mixKey(input) {
    [this.ck, this.k] = hkdf2(this.ck, input);
    this.n = 0;
  }

  encryptAndHash(plaintext, token) {
    const output = this.k === null ? plaintext : seal(this.k, this.n++, this.h, plaintext);
    this.mixHash(output, token);
    return output;
  }
}

const keyPair = secret => ({ secret, public: x25519.getPublicKey(secret) });

function handshake(prologue, device, relay, deviceEphemeral, kemSeed, relayEphemeral, kemMessage) {
  const state = new SymmetricState(ascii('Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256'), prologue);

  // -> e, e1
  const kem = ml_kem768.keygen(kemSeed);
  state.mixHash(deviceEphemeral.public, 'e');
  const e1 = state.encryptAndHash(kem.publicKey, 'e1');
  const first = join(deviceEphemeral.public, e1, state.encryptAndHash(empty, 'payload 1'));

  // <- e, ee, ekem1, s, es
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(kem.publicKey, kemMessage);
  if (hex(ml_kem768.decapsulate(cipherText, kem.secretKey)) !== hex(sharedSecret)) throw new Error('the KEM disagrees with itself');
  state.mixHash(relayEphemeral.public, 'e');
  state.mixKey(x25519.getSharedSecret(deviceEphemeral.secret, relayEphemeral.public));
  const ekem1 = state.encryptAndHash(cipherText, 'ee, ekem1');
  state.mixKey(sharedSecret);
  const relayStatic = state.encryptAndHash(relay.public, 'ekem1, s');
  state.mixKey(x25519.getSharedSecret(deviceEphemeral.secret, relay.public));
  const second = join(relayEphemeral.public, ekem1, relayStatic, state.encryptAndHash(empty, 'es, payload 2'));

  // -> s, se
  const deviceStatic = state.encryptAndHash(device.public, 's');
  state.mixKey(x25519.getSharedSecret(device.secret, relayEphemeral.public));
  const third = join(deviceStatic, state.encryptAndHash(empty, 'se, payload 3'));

  const [up, down] = hkdf2(state.ck, empty);
  return { first, second, third, hash: state.h, chainingKey: state.ck, up, down, trace: state.trace };
}

// RFC 5869, one block: the direction's key is the pseudorandom key.
const streamKey = (directionKey, streamId, epoch) =>
  hmac(sha256, directionKey, join(ascii('zks/1 stream'), bigEndian(streamId, 8), Uint8Array.of(epoch), Uint8Array.of(1)));

// length u32 | epoch u8 | ciphertext | tag 16; length and epoch are the associated data.
const frame = (key, counter, epoch, message) => {
  const header = join(bigEndian(1 + message.length + 16, 4), Uint8Array.of(epoch));
  return join(header, seal(key, counter, header, message));
};

const prologue = join(ascii('zks/1'), Uint8Array.of(0), sha256(ascii('certificate')));
const device = keyPair(filled(0x11, 32));
const relay = keyPair(filled(0x22, 32));
const result = handshake(prologue, device, relay, keyPair(filled(0x33, 32)), filled(0x44, 64), keyPair(filled(0x55, 32)), filled(0x66, 32));

const messages = ['', 'hello', 'x'.repeat(300)];
const streams = ['0', '4', '72623859790382856'].flatMap(id => [['up', result.up], ['down', result.down]].map(([direction, key]) => ({
  id,
  direction,
  key: hex(streamKey(key, id, 0)),
  frames: messages.map((message, counter) => hex(frame(streamKey(key, id, 0), counter, 0, ascii(message)))),
})));

console.log(JSON.stringify({
  protocol: 'Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256',
  prologue: hex(prologue),
  device: hex(device.public),
  relay: hex(relay.public),
  first: hex(result.first),
  second: hex(result.second),
  third: hex(result.third),
  handshakeHash: hex(result.hash),
  chainingKey: hex(result.chainingKey),
  upKey: hex(result.up),
  downKey: hex(result.down),
  trace: result.trace,
  messages,
  streams,
}, null, 1));
