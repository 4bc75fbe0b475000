// Records that gcc and clang pass differently by value. No caller can be right for both, so none are drawn.
// Behind pointers they are.
import { roughSize } from './shapes.mjs';

const isX64 = (process.env.ARKFFI_TEST_ARCH ?? process.arch) === 'x64';

/** Up to which size records travel in registers. */
const IN_REGISTERS = isX64 ? 16 : 64;

/** Whether a type has a part, at any depth but not behind pointers, that is as asked for. */
function has(type, isSuch) {
  if (isSuch(type)) return true;
  if (type.kind === 'array') return has(type.element, isSuch);
  return type.kind === 'record' && type.members.some((member) => has(member.type, isSuch));
}

/** gcc takes its element for one that is there, unless it starts a word. On arm both know no floats beside it. */
const isEmptyArray = ({ kind, count }) => kind === 'array' && count === 0;

/** gcc takes one without width for an integer in a union. */
const isUnionOfNothing = ({ kind, isUnion, members }) =>
  kind === 'record' && isUnion && members.some(({ width }) => width === 0);

/** gcc takes unnamed bits for integers, clang for nothing. On arm both know no floats beside them. */
const hasUnnamedBits = ({ kind, members }) =>
  kind === 'record' && members.some(({ width, unnamed }) => width > 0 && unnamed);

const hasBits = ({ kind, members }) => kind === 'record' && members.some(({ width }) => width > 0);

/**
 * Where packing moves bit-fields of an inner record off their alignment, gcc puts those that fill an integer
 * on the stack, clang the record if it is unaligned itself.
 */
const hasPackedBitsInside = ({ kind, pack, members }) =>
  kind === 'record' &&
  members.some(({ type }) => has(type, hasBits) && (pack > 0 || has(type, (inner) => inner.pack > 0)));

/** @param {any} record */
export function isUnsure(record) {
  // Certainly larger, as no padding is counted.
  if (roughSize(record) > IN_REGISTERS) return false;
  // One without size takes no place, or an even register.
  if (roughSize(record) === 0 || has(record, isUnionOfNothing)) return true;
  return isX64 && [isEmptyArray, hasUnnamedBits, hasPackedBitsInside].some((isSuch) => has(record, isSuch));
}
