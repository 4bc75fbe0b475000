// The fixture texts, with a form of each of its functions for each encoding.
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const { dlopen } = arkffi;

export const file = fixture('texts');

export const encodings = { utf8: 1, utf16le: 2, utf32le: 4, latin1: 1 };
/** A string in an encoding. */
export const of = (encoding) => ({ type: 'cstring', encoding });
const freed = (encoding) => ({ type: 'cstring', encoding, free: 'free_text' });

const definitions = {
  live_blocks: { returns: 'int' },
  wrong_frees: { returns: 'int' },
  made_blocks: { returns: 'int' },
};
for (const [encoding, unit] of Object.entries(encodings)) {
  Object.assign(definitions, {
    [`length_${encoding}`]: { symbol: `length${8 * unit}`, args: [of(encoding)], returns: 'size_t' },
    [`unit_${encoding}`]: { symbol: `unit${8 * unit}`, args: [of(encoding), 'size_t'], returns: 'u32' },
    [`same_${encoding}`]: { symbol: 'same', args: [of(encoding)], returns: of(encoding) },
    [`second_${encoding}`]: { symbol: 'second', args: [of(encoding), of(encoding)], returns: of(encoding) },
    [`aligned_${encoding}`]: { symbol: 'lies_at', args: [of(encoding), 'int'], returns: 'bool' },
    [`copy_${encoding}`]: { symbol: `copy${8 * unit}`, args: [of(encoding)], returns: freed(encoding) },
  });
}
export const { symbols } = dlopen(file, {
  ...definitions,
  many: { args: ['size_t'], returns: freed() },
  not_text: { returns: freed('utf16le') },
  freed_where_made: { returns: 'bool' },
});
