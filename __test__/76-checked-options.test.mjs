// The options of checked access.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

describe('the options', () => {
  it('are refused when they are none, or unknown', () => {
    const memory = new Uint8Array(16);
    const address = arkffi.ptr(memory);
    const Pair = arkffi.Struct({ first: 'int', second: 'int' });
    const uses = [
      ['read.i32', 2, (options) => arkffi.read.i32(address, 0, options)],
      ['write.i32', 3, (options) => arkffi.write.i32(address, 0, 1, options)],
      ['toArrayBuffer', 3, (options) => arkffi.toArrayBuffer(address, 0, 8, options)],
      ['toBuffer', 3, (options) => arkffi.toBuffer(address, 0, 8, options)],
      ['readMemory', 2, (options) => arkffi.ffi.readMemory(address, 8, options)],
      ['readCString', 1, (options) => arkffi.ffi.readCString(address, options)],
      ['fromPtr', 3, (options) => Pair.fromPtr(address, 0, undefined, options)],
      ['write', 3, (options) => Pair.write(address, { first: 1, second: 2 }, 0, options)],
      ['get', 2, (options) => Pair.get(address, 'first', options)],
      ['set', 3, (options) => Pair.set(address, 'first', 1, options)],
      ['view', 3, (options) => Pair.view(address, 0, undefined, options)],
      ['fromPtr', 3, (options) => arkffi.array('int', 2).fromPtr(address, 0, undefined, options)],
      ['view', 3, (options) => arkffi.array('int', 2).view(address, 0, undefined, options)],
    ];
    for (const [symbol, argument, use] of uses) {
      for (const bad of [null, true, 'checked', { check: true }, { checked: 1 }, { checked: true, more: 1 }]) {
        const error = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol, argument };
        expect(
          thrown(() => use(bad)),
          `${symbol} ${JSON.stringify(bad)}`,
        ).toMatchObject(error);
      }
      expect(thrown(() => use({ checked: false }))).toBe('nothing was thrown');
      expect(thrown(() => use({}))).toBe('nothing was thrown');
    }
    const definition = thrown(() => arkffi.dlopen(fixture('pages'), { answer: { returns: 'int', checked: 'yes' } }));
    expect(definition).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'answer' });
  });
});
