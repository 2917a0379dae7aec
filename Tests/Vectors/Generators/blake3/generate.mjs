// Writes ../../Generated/blake3.json: known answers for BLAKE3 in its three modes, from @noble/hashes.
//   npm ci && npm run generate
// Input, key and context are those of the official test vectors, so that anyone can hold the file against them.
import { readFileSync, writeFileSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const block = 64;
const chunk = 1024;
const group = 16 * chunk;
const input = (length) => Uint8Array.from({ length }, (_, i) => i % 251);
const key = utf8ToBytes('whats the Elvish word for friend');
const context = utf8ToBytes('BLAKE3 2019-12-27 16:29:52 test vectors context');

// Around every border of blocks, chunks, the sets of 4, 8 and 16 chunks that are hashed at once, groups, and batches of groups.
const borders = [
  0, block, 2 * block, ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 24, 31].map((n) => n * chunk),
  ...[2, 3, 4, 5, 7, 8, 9, 16, 17].map((n) => n * group), 100 * chunk,
];
const lengths = [...new Set(borders.flatMap((border) => [border - 1, border, border + 1]))].filter((n) => n >= 0).sort((a, b) => a - b);

const { version } = JSON.parse(readFileSync(new URL('node_modules/@noble/hashes/package.json', import.meta.url)));
const answers = {
  what: 'Known answers for BLAKE3, 32 bytes each, lower-case hex. Byte i of an input is i mod 251.',
  madeBy: `@noble/hashes ${version}, by Tests/Vectors/Generators/blake3/generate.mjs`,
  key: bytesToHex(key),
  context: bytesToHex(context),
  cases: lengths.map((length) => ({
    length,
    hash: bytesToHex(blake3(input(length))),
    keyedHash: bytesToHex(blake3(input(length), { key })),
    deriveKey: bytesToHex(blake3(input(length), { context })),
  })),
  // The context is hashed too, in a mode of its own; its length is the number of letters.
  contexts: [0, 1, block - 1, block, block + 1, chunk, chunk + 1, group + 1].map((length) => ({
    length,
    deriveKey: bytesToHex(blake3(input(block), { context: utf8ToBytes('a'.repeat(length)) })),
  })),
};

const folder = new URL('../../Generated/', import.meta.url);
writeFileSync(new URL('blake3.json', folder), JSON.stringify(answers, null, 1) + '\n');
