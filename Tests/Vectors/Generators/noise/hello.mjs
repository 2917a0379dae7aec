// What HELLO, rotations, deletions and the chain of a sender's blobs hash and sign, from the protocol's pages over primitives that share
// no code with this project's. Secrets are fixed and protect nothing. Prints the known answers of ../../Generated/hello.json:
//   node hello.mjs > ../../Generated/hello.json
import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

const ascii = text => new TextEncoder().encode(text);
const hex = bytes => Buffer.from(bytes).toString('hex');
const join = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));
const filled = (value, length) => new Uint8Array(length).fill(value);
const u8 = value => Uint8Array.of(value);
const u32 = value => bigEndian(value, 4);
const u64 = value => bigEndian(value, 8);

function bigEndian(value, bytes) {
  const out = new Uint8Array(bytes);
  for (let i = bytes - 1, rest = BigInt(value); i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
}

// The group secret of epoch n is 32 bytes of 0xa0 + n.
const epochs = [0, 1, 2, 3].map(epoch => {
  const secret = filled(0xa0 + epoch, 32);
  const seed = hkdf(sha256, secret, ascii('0k-sync-group-key-v1'), ascii('authentication'), 32);
  return { secret, seed, key: ed25519.getPublicKey(seed), sync: hkdf(sha256, secret, ascii('0k-sync-group-key-v1'), ascii('encryption'), 32) };
});
const group = sha256(join(ascii('zks-group-id-v1'), epochs[0].key));
const home = filled(0x01, 32);
const device = filled(0x02, 32);
const members = [filled(0x02, 32), filled(0x03, 32), filled(0xf0, 32)];
const membersHash = sha256(join(ascii('zks/1 members'), ...members));

const chain = [];
let previous = new Uint8Array(32);
for (let epoch = 1; epoch < epochs.length; epoch++) {
  // One revokes nobody, the next one device, the last one two.
  const revoked = [[], [[0x10, 0]], [[0x20, 1], [0x90, 2]]][epoch - 1];
  const statement = join(u32(epoch), epochs[epoch].key, previous, home, device, membersHash, u8(revoked.length),
    ...revoked.flatMap(([id, reason]) => [filled(id, 32), u8(reason)]));
  const signature = ed25519.sign(join(ascii('zks/1 rotate'), group, statement), epochs[epoch - 1].seed);
  previous = sha256(join(ascii('zks/1 statement'), statement));
  chain.push({ statement: hex(statement), signature: hex(signature), hash: hex(previous) });
}

const handshakeHash = filled(0x77, 32);
const hello = join(ascii('zks/1 hello'), handshakeHash, group, device, u32(3));
const blob = filled(0x55, 16);
const deletion = join(ascii('zks/1 delete'), group, u32(3), device, u64(0x0102030405060708n), blob);

const links = [];
let link = new Uint8Array(32);
for (const sequence of [1n, 2n, 0x0102030405060708n]) {
  link = sha256(join(ascii('zks/1 link'), group, device, u64(sequence), blob, link));
  links.push({ sequence: sequence.toString(), link: hex(link) });
}

console.log(JSON.stringify({
  secrets: epochs.map(epoch => hex(epoch.secret)),
  admissionSeeds: epochs.map(epoch => hex(epoch.seed)),
  syncKeys: epochs.map(epoch => hex(epoch.sync)),
  admissionKeys: epochs.map(epoch => hex(epoch.key)),
  groupId: hex(group),
  homeRelay: hex(home),
  device: hex(device),
  members: members.map(hex),
  membersHash: hex(membersHash),
  chain,
  handshakeHash: hex(handshakeHash),
  helloMessage: hex(hello),
  helloProof: hex(ed25519.sign(hello, epochs[3].seed)),
  blobId: hex(blob),
  deleteMessage: hex(deletion),
  deleteProof: hex(ed25519.sign(deletion, epochs[3].seed)),
  cardAssociatedData: hex(join(ascii('zks/1 card'), group, u32(3), device)),
  links,
}, null, 1));
