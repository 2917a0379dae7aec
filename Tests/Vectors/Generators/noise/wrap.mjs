// A group secret wrapped for one device, and an older secret kept under a newer one, from the protocol's pages over primitives that share
// no code with this project's. Secrets are fixed and protect nothing. Prints the known answers of ../../Generated/wrap.json:
//   node wrap.mjs > ../../Generated/wrap.json
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf, expand } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const ascii = text => new TextEncoder().encode(text);
const hex = bytes => Buffer.from(bytes).toString('hex');
const join = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));
const filled = (value, length) => new Uint8Array(length).fill(value);
const u32 = value => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

const group = filled(0x31, 32);
const epoch = 0x01020304;
const secret = filled(0x42, 32);
const agreement = filled(0x51, 32);
const kemSeed = join(filled(0x61, 32), filled(0x62, 32));
const device = x25519.getPublicKey(agreement);
const kem = ml_kem768.keygen(kemSeed);

const ephemeral = filled(0x71, 32);
const ephemeralKey = x25519.getPublicKey(ephemeral);
const { cipherText, sharedSecret } = ml_kem768.encapsulate(kem.publicKey, filled(0x81, 32));
const key = hkdf(sha256, join(x25519.getSharedSecret(ephemeral, device), sharedSecret), undefined,
  join(ascii('zks/1 wrap'), ephemeralKey, cipherText, group, device, u32(epoch)), 32);
const wrap = join(ephemeralKey, cipherText, xchacha20poly1305(key, new Uint8Array(24)).encrypt(secret));

// The secret of one epoch kept under the sync key of another.
const syncKey = hkdf(sha256, secret, ascii('0k-sync-group-key-v1'), ascii('encryption'), 32);
const older = filled(0x43, 32);
const nonce = filled(0x91, 24);
const keptKey = expand(sha256, syncKey, join(ascii('zks/1 kept'), nonce), 32);
const kept = join(nonce, xchacha20poly1305(keptKey, nonce, join(ascii('zks/1 kept'), group, u32(epoch), u32(epoch - 1))).encrypt(older));

console.log(JSON.stringify({
  group: hex(group), epoch, secret: hex(secret), agreement: hex(agreement), kemSeed: hex(kemSeed), device: hex(device),
  encapsulationKey: hex(kem.publicKey), wrap: hex(wrap), older: hex(older), kept: hex(kept),
}, null, 1));
