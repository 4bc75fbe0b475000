import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { CFunction, dlopen, linkSymbols } = arkffi;
const file = fixture('basics');
const add = { args: ['i32', 'i32'], returns: 'i32' };
const open = dlopen(file, { add, echo: { args: ['cstring'], returns: 'cstring' } });

describe('CFunction', () => {
  it('calls the function at an address, made with or without new', () => {
    const { ptr } = open.symbols.add;
    expect(CFunction({ ptr, ...add })(2, 3)).toBe(5);
    expect(new CFunction({ ptr, ...add })(2, 3)).toBe(5);
    expect(CFunction({ ptr: BigInt(ptr), ...add })(2, 3)).toBe(5);
    expect(CFunction({ ptr, ...add }).ptr).toBe(ptr);
  });

  it('checks as a function of a library does', () => {
    const bound = CFunction({ ptr: open.symbols.add.ptr, ...add });
    expect(thrown(() => bound(1))).toMatchObject({ code: 'ERR_MISSING_ARGS', symbol: 'CFunction', argument: 1 });
    expect(thrown(() => bound(1, 0.5))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'CFunction', argument: 1 });
  });

  it('throws after its close, which may be repeated, and only for itself', () => {
    const { ptr } = open.symbols.add;
    const [first, second] = [CFunction({ ptr, ...add }), CFunction({ ptr, ...add })];
    first.close();
    first.close();
    expect(thrown(() => first(1, 2))).toMatchObject({ class: 'FFIError', code: 'ERR_LIBRARY_CLOSED' });
    expect(second(1, 2)).toBe(3);
    second[Symbol.dispose]();
    expect(thrown(() => second(1, 2)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('throws after the library that its address is in was closed', () => {
    const path = fixture('wide');
    const args = Array(256).fill('f64');
    const library = dlopen(path, { weigh_doubles: { args, returns: 'f64' } });
    const bound = CFunction({ ptr: library.symbols.weigh_doubles.ptr, args, returns: 'f64' });
    const ones = Array(256).fill(1);
    expect(bound(...ones)).toBe((256 * 257) / 2);
    library.close();
    expect(thrown(() => bound(...ones)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('throws after the library that gave the address was closed, wherever that found it', () => {
    const double = { args: ['f64'], returns: 'f64' };
    const library = dlopen(fixture('closing'), { cbrt: double, use_libm: double });
    const bound = CFunction({ ptr: library.symbols.cbrt.ptr, ...double });
    expect(bound(27)).toBeCloseTo(3);
    expect(library.symbols.use_libm(8)).toBeCloseTo(2);
    library.close();
    expect(thrown(() => bound(27)).code).toBe('ERR_LIBRARY_CLOSED');
  });

  it('goes on while another library is open on the same file', () => {
    const [first, second] = [dlopen(file, { add }), dlopen(file, { add })];
    const bound = CFunction({ ptr: first.symbols.add.ptr, ...add });
    first.close();
    expect(bound(1, 2)).toBe(3);
    second.close();
    expect(bound(1, 2)).toBe(3);
    expect(open.symbols.add(1, 2)).toBe(3);
  });

  it.each([[0], [null], [1], [65535], [0n]])('refuses the address %s, where nothing can be', (ptr) => {
    expect(thrown(() => CFunction({ ptr }))).toMatchObject({
      class: 'FFIError',
      code: 'ERR_INVALID_POINTER',
      symbol: 'CFunction',
    });
  });

  it('refuses what is no address', () => {
    for (const ptr of [undefined, 'text', {}, new Uint8Array(8), () => 1]) {
      const error = thrown(() => CFunction({ ptr }));
      expect(error).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_TYPE', symbol: 'CFunction' });
      expect(error.message).toContain('CFunction: ptr: expected a function pointer');
    }
    for (const ptr of [-1, 0.5, NaN, 2 ** 53, 2n ** 64n])
      expect(thrown(() => CFunction({ ptr })).code).toBe('ERR_OUT_OF_RANGE');
    for (const definition of [undefined, null, 5])
      expect(thrown(() => CFunction(definition)).code).toBe('ERR_INVALID_ARG_TYPE');
    expect(thrown(() => CFunction({ ptr: open.symbols.add.ptr, args: ['i33'] })).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});

describe('linkSymbols', () => {
  it('binds several addresses, and closes them together', () => {
    const linked = linkSymbols({
      plus: { ptr: open.symbols.add.ptr, ...add },
      same: { ptr: open.symbols.echo.ptr, args: ['cstring'], returns: 'cstring' },
    });
    expect([linked.symbols.plus(1, 2), linked.symbols.same('text')]).toEqual([3, 'text']);
    expect(thrown(() => linked.symbols.plus('x', 1)).symbol).toBe('plus');
    linked.close();
    linked[Symbol.dispose]();
    expect(thrown(() => linked.symbols.plus(1, 2))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'plus' });
    expect(open.symbols.add(1, 2)).toBe(3);
  });

  it('refuses a definition without a usable address, naming it', () => {
    expect(thrown(() => linkSymbols({ plus: add }))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'plus' });
    expect(thrown(() => linkSymbols({ plus: { ...add, ptr: 0 } }))).toMatchObject({
      code: 'ERR_INVALID_POINTER',
      symbol: 'plus',
    });
    const message = thrown(() => linkSymbols({ 'argument 0': { ptr: 'x' } })).message;
    expect(message).toContain('argument 0: ptr: expected a function pointer');
    expect(thrown(() => linkSymbols(null)).code).toBe('ERR_INVALID_ARG_TYPE');
  });
});
