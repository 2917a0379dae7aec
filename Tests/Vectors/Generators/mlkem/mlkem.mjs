// Known answers for ML-KEM-768 (FIPS 203) from @noble/post-quantum: keys from seeds, encapsulations from messages, decapsulations of what was
// sent and of what somebody altered, keys that must be refused. Seeds are hashes of their own number and protect nothing. Prints
// ../../Generated/mlkem.json:
//   node mlkem.mjs > ../../Generated/mlkem.json
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const q = 3329;
const rank = 3;
const coefficients = 256;
const encodedBytes = 384;
const bytesU = 320;
const ascii = text => new TextEncoder().encode(text);
const hex = bytes => Buffer.from(bytes).toString('hex');
const filled = (value, length) => new Uint8Array(length).fill(value);
const random = (what, length) => shake256(ascii(what), { dkLen: length });
const same = (left, right) => hex(left) === hex(right);
const check = (holds, what) => {
  if (!holds) throw new Error(what);
};

// J of FIPS 203, section 4.1: what a ciphertext that was not made for the key gives.
const rejected = (seed, ciphertext) => shake256(Uint8Array.from([...seed.subarray(32), ...ciphertext]), { dkLen: 32 });

const altered = (bytes, at, mask) => {
  const copy = Uint8Array.from(bytes);
  copy[at] ^= mask;
  return copy;
};

// The 12-bit coefficient of a number, written into an encoded polynomial vector.
const withCoefficient = (key, number, value) => {
  const copy = Uint8Array.from(key);
  const at = Math.floor(number / 2) * 3;
  if (number % 2 === 0) {
    copy[at] = value & 0xff;
    copy[at + 1] = (copy[at + 1] & 0xf0) | (value >> 8);
  } else {
    copy[at + 1] = (copy[at + 1] & 0x0f) | ((value & 0x0f) << 4);
    copy[at + 2] = value >> 4;
  }
  return copy;
};

const seeds = [
  filled(0, 64), filled(0xff, 64), Uint8Array.from({ length: 64 }, (_, i) => i),
  ...Array.from({ length: 13 }, (_, i) => random(`seed ${i}`, 64)),
];
const messages = [filled(0, 32), filled(0xff, 32), ...Array.from({ length: seeds.length - 2 }, (_, i) => random(`message ${i}`, 32))];

const keys = seeds.map(seed => ({ seed, ...ml_kem768.keygen(seed) }));
const agreements = keys.map((key, i) => {
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(key.publicKey, messages[i]);
  check(same(ml_kem768.decapsulate(cipherText, key.secretKey), sharedSecret), `agreement ${i}`);
  return { cipherText, sharedSecret };
});

// The keys and ciphertexts above, altered: a bit at each border of the ciphertext's parts, another key's ciphertext, and bytes that are none.
const borders = [0, bytesU - 1, bytesU, 2 * bytesU, 3 * bytesU - 1, 3 * bytesU, 1087];
const rejections = [0, 1, 2, 3, 4].flatMap(i => {
  const ciphertext = agreements[i].cipherText;
  return [
    ...borders.map(at => [`bit of byte ${at}`, altered(ciphertext, at, 1 << ((at + i) % 8))]),
    ['ciphertext for another key', agreements[i + 1].cipherText],
    ['zeros', filled(0, ciphertext.length)],
    ['ones', filled(0xff, ciphertext.length)],
    ['random', random(`ciphertext ${i}`, ciphertext.length)],
  ].map(([what, bytes]) => {
    const sharedSecret = ml_kem768.decapsulate(bytes, keys[i].secretKey);
    check(same(sharedSecret, rejected(keys[i].seed, bytes)), `rejection ${what}`);
    check(!same(sharedSecret, agreements[i].sharedSecret), `rejection ${what} is an agreement`);
    return { key: i, what, ciphertext: hex(bytes), sharedSecret: hex(sharedSecret) };
  });
});

// Section 7.2: every coefficient below q, or the key is refused. q - 1 is the largest that passes.
const encapsulationKeys = [
  [0, q - 1], [0, q], [1, q], [1, q + 1], [255, 4095], [coefficients, q], [2 * coefficients - 1, q], [rank * coefficients - 1, q - 1],
  [rank * coefficients - 1, q], [rank * coefficients - 1, 4095],
].map(([number, value], i) => {
  const key = withCoefficient(keys[3].publicKey, number, value);
  check(same(key.subarray(rank * encodedBytes), keys[3].publicKey.subarray(rank * encodedBytes)), 'the seed of the matrix was touched');
  const about = { coefficient: number, value, encapsulationKey: hex(key), message: hex(messages[i]) };
  try {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(key, messages[i]);
    check(value < q, `coefficient ${number} of ${value} was taken`);
    return { ...about, isAccepted: true, ciphertext: hex(cipherText), sharedSecret: hex(sharedSecret) };
  } catch (error) {
    check(value >= q && /modulus/.test(error.message), error.message);
    return { ...about, isAccepted: false };
  }
});

// Section 7.3: a long decapsulation key whose hash of its public half does not fit is refused; z has no check. Of an altered secret vector
// implementations may think as they like.
const offsets = [rank * encodedBytes, rank * encodedBytes + 1183, 2336, 2367, 2368, 2399];
const decapsulationKeys = offsets.map(at => {
  const key = altered(keys[4].secretKey, at, 0x10);
  const about = { key: 4, at, mask: 0x10, ciphertext: hex(agreements[4].cipherText) };
  try {
    return { ...about, isAccepted: true, sharedSecret: hex(ml_kem768.decapsulate(agreements[4].cipherText, key)) };
  } catch (error) {
    check(/hash check/.test(error.message), error.message);
    return { ...about, isAccepted: false };
  }
});

console.log(JSON.stringify({
  what: 'Known answers for ML-KEM-768, lower-case hex. Seeds are d || z. Decapsulation keys are given by their SHA3-256.',
  agreements: keys.map((key, i) => ({
    seed: hex(key.seed),
    encapsulationKey: hex(key.publicKey),
    decapsulationKeyHash: hex(sha3_256(key.secretKey)),
    message: hex(messages[i]),
    ciphertext: hex(agreements[i].cipherText),
    sharedSecret: hex(agreements[i].sharedSecret),
  })),
  rejections,
  encapsulationKeys,
  decapsulationKeys,
}, null, 1));
