// Known answers for Argon2id (RFC 9106) with one lane, salts of 16 bytes and results of 32, from @noble/hashes. The RFC's own answer has four
// lanes, a secret and associated data, which libsodium does not offer: the implementation that answers here is held against it first.
// Passphrases and salts protect nothing. Prints ../../Generated/argon2.json:
//   node argon2.mjs > ../../Generated/argon2.json
import { argon2id } from '@noble/hashes/argon2.js';
import { sha256 } from '@noble/hashes/sha2.js';

const ascii = text => new TextEncoder().encode(text);
const hex = bytes => Buffer.from(bytes).toString('hex');
const filled = (value, length) => new Uint8Array(length).fill(value);
const mebibyte = 1024;

const standard = argon2id(filled(1, 32), filled(2, 16), { t: 3, m: 32, p: 4, key: filled(3, 8), personalization: filled(4, 12), dkLen: 32 });
if (hex(standard) !== '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
  throw new Error('this implementation does not give the answer of RFC 9106, section 5.3');

const cases = [
  ['the least memory that libsodium takes', 8, 1, 'correct horse battery staple'],
  ['a little memory, many passes', 64, 8, 'correct horse battery staple'],
  ['below 4000 MiB', 19 * mebibyte, 2, 'correct horse battery staple'],
  ['below 8000 MiB', 46 * mebibyte, 1, 'correct horse battery staple'],
  ['from 8000 MiB on', 64 * mebibyte, 3, 'correct horse battery staple'],
  ['beyond ASCII', 19 * mebibyte, 2, 'pa\u00dfw\u00f6rter \ud83d\udd11 sind lang'],
  ['the longest that is looked at', 19 * mebibyte, 2, 'z'.repeat(1024)],
];

console.log(JSON.stringify({
  what: 'Known answers for Argon2id, version 1.3, one lane, 32 bytes. Passphrases are UTF-8, given in lower-case hex like the rest.',
  cases: cases.map(([what, memoryKiB, passes, text], i) => {
    const passphrase = ascii(text);
    const salt = sha256(ascii(`salt ${i}`)).subarray(0, 16);
    return { what, memoryKiB, passes, passphrase: hex(passphrase), salt: hex(salt), secret: hex(argon2id(passphrase, salt, { t: passes, m: memoryKiB, p: 1, dkLen: 32 })) };
  }),
}, null, 1));
