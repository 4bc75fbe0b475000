// One wrong argument, to prove that the oracle notices.
import { isKept, numbers } from './numbers.mjs';
import { narrowBits } from './types.mjs';

/** Of floats the payload of a NaN: without the bit above, engines may set that again. */
const changeableBits = { bool: 1, f32: 22, f64: 51 };

/**
 * A JavaScript value that `type` accepts and that differs in one bit from what C expects.
 * @param {string} type
 * @param {{ kind: string, bits?: bigint, bytes?: Uint8Array }} expected
 */
export function spoil(type, { kind, bits, bytes }, random) {
  if (kind === 'callee') return 8;
  if (bytes) {
    const copy = Uint8Array.from(bytes);
    copy[random.below(copy.length)] ^= 1 << random.below(8);
    // A text that lost its NUL must still end.
    return kind === 'text' ? Uint8Array.from([...copy, 0]) : copy;
  }
  if (type === 'buffer') return new Uint8Array(1);
  const changed = bits ^ (1n << BigInt(random.below(changeableBits[type] ?? narrowBits[type] ?? 64)));
  return (numbers[type] ?? numbers.address).argument(isKept(type, changed) ? changed : 0n, random);
}
