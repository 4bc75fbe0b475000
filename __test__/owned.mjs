// What tests of memory share: memory that is freed after each of them, and functions of C that use it.
import { afterEach, expect } from 'vitest';
import { arkffi } from './open.mjs';

const { dlopen, leaks, Struct } = arkffi;

export const Point = Struct({ x: 'i32', y: 'f64' });
export const { symbols: c } = dlopen(null, {
  strlen: { args: ['cstring'], returns: 'size_t' },
  memset: { args: ['ptr', 'i32', 'size_t'], returns: 'ptr' },
  memcpy: { args: ['buffer', 'ptr', 'size_t'], returns: 'ptr' },
  usleep: { args: ['u32'], returns: 'i32' },
});

/** The error of using what is freed, and of going beyond an end. */
export const gone = { class: 'FFIError', code: 'ERR_INVALID_MEM_ID' };
export const outside = { class: 'FFIRangeError', code: 'ERR_OUT_OF_BOUNDS' };

/** What is allocated is freed after each test, so that what is live says what leaked. */
const mine = [];
/** How much memory a test has left that cannot be freed. */
let stuck = 0;
/** Says that one more cannot be freed. */
export const leaveStuck = () => stuck++;
export const own = (memory) => (mine.push(memory), memory);
afterEach(() => {
  for (const memory of mine.splice(0)) if (!memory.freed) memory.free();
  expect(leaks().filter(({ kind }) => kind === 'memory').length).toBe(stuck);
});
