// Messages as another process may send them that means no good: almost right, or not at all.
import { begin, below, chance, next, one } from '../model/chance.mjs';

export { begin };

const MARK = 0x496b7261;
const HEADER = 32;
const KINDS = 12;
const words = [0, 1, 2, 3, 8, 48, 49, 4096, 65_535, 65_536, 2 ** 26, 2 ** 26 + 1, 2 ** 31, 2 ** 32 - 1];
const texts = [
  '',
  '{}',
  'null',
  '[]',
  '7',
  '"x"',
  '{',
  '{"code":7,"message":{}}',
  '{"code":"ERR_NONE","message":"made up"}',
  '{"code":"__proto__","message":null,"symbol":[]}',
  '{"__proto__":{"polluted":true},"major":1e999,"minor":-1,"pid":"1"}',
  '[[[[[[[[',
  '\ud800',
  `"${'x'.repeat(5000)}"`,
];

const word = () => (chance(0.5) ? one(words) : Math.floor(next() * 2 ** 32));

/** A header, the parts that it tells of, or fewer or more. */
function message() {
  const kind = chance(0.95) ? 1 + below(KINDS) : word() & 0xffff;
  const frame = chance(0.7) ? 0 : chance(0.5) ? 48 : word();
  const body = chance(0.6) ? Buffer.from(one(texts)) : Buffer.alloc(below(200), below(256));
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(chance(0.97) ? MARK : word(), 0);
  header.writeUInt16LE(kind, 4);
  header.writeUInt16LE(chance(0.5) ? 1 : word() & 0xffff, 6);
  // Of nothing that was asked: an answer with the right id could only be believed.
  const id = (word() | (2 ** 20)) >>> 0;
  [id, word(), frame].forEach((value, index) => header.writeUInt32LE(value, 8 + 4 * index));
  header.writeUInt32LE(chance(0.9) ? body.length : word(), 20);
  header.writeUInt32LE(word(), 24);
  header.writeUInt32LE(word(), 28);
  return Buffer.concat([header, Buffer.alloc(Math.min(frame, 5000), 7), body]);
}

/** Some messages, now and then with an error in them or an end in the middle. */
export function stream() {
  const bytes = Buffer.concat(Array.from({ length: 1 + below(3) }, message));
  if (chance(0.2)) bytes[below(bytes.length)] = below(256);
  return chance(0.1) ? bytes.subarray(0, below(bytes.length)) : bytes;
}
