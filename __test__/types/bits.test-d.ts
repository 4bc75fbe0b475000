// Bit-fields.
import { bits, dlopen, pointer, Struct, type BitsType, type Infer, type InferInput } from 'arkffi';
import { same } from './same.js';

const Flags = Struct({
  ready: bits('bool', 1),
  mode: bits('u32', 5),
  delta: bits('int', 32),
  count: bits('u64', 33),
  few: bits('uint64_t', 8),
  options: { type: bits('u8', 2), default: 3 },
});
same<
  Infer<typeof Flags>,
  { ready: boolean; mode: number; delta: number; count: number | bigint; few: number; options: number }
>(true);
export const flags: InferInput<typeof Flags>[] = [
  { ready: true, mode: 1, delta: -1, count: 1n, few: 1 },
  { ready: 0, mode: 1, delta: -1, count: 1, few: 1, options: 0 },
];
// @ts-expect-error a BigInt for few bits
export const big: InferInput<typeof Flags>['few'] = 1n;
const field = bits('u32', 5);
same<typeof field, BitsType<'u32', 5>>(true);

// Of a width that is not known.
declare const width: number;
const Unknown = Struct({ value: bits('u64', width) });
same<Infer<typeof Unknown>, { value: number | bigint }>(true);

// Only members are bit-fields, and only of integers.
// @ts-expect-error not of floats
bits('f32', 3);
// @ts-expect-error nor of pointers
bits('ptr', 3);
// @ts-expect-error no such type
bits('int23', 3);
// @ts-expect-error a width is needed
bits('u32');
// @ts-expect-error a parameter is no bit-field
dlopen(null, { f: { args: [bits('u32', 5)] } });
// @ts-expect-error nor is a result
dlopen(null, { f: { returns: bits('u32', 5) } });
// @ts-expect-error nothing points to bits
pointer(bits('u32', 5));
