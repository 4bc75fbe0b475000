// Prototypes: one function of a library, declared in C.
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

const { dlopen } = arkffi;

describe('a prototype', () => {
  const library = dlopen(fixture('declarations'), { plus: 'int add(int, double)', add: 'int add(int a, double b);' });

  it('stands for a definition, also under another name', () => {
    expect(library.symbols.plus(1, 2)).toBe(3);
    expect(library.symbols.add(1, 2)).toBe(3);
    expect(library.symbols.plus.name).toBe('plus');
  });

  it('is bound by func of a library', async () => {
    const greet = library.func('const char *greet(const char *name)');
    expect(greet('you')).toBe('Hello you');
    expect(await library.func('int add(int, double)').async(4, 5)).toBe(9);
    expect(library.func('int sum_of(const int *, size_t)')([4, 5], 2)).toBe(9);
  });

  it('that is none is an error with its place', () => {
    const code = 'ERR_C_SYNTAX';
    expect(thrown(() => library.func('int add(int'))).toMatchObject({ class: 'FFIError', code });
    expect(thrown(() => library.func('int add(nonsense)')).message).toMatch(/^func: <prototype>:1:9: [^]*\^/);
    expect(thrown(() => library.func('int a(int); int b(int);'))).toMatchObject({ code });
    expect(thrown(() => library.func('int counter;'))).toMatchObject({ code });
    expect(thrown(() => library.func(''))).toMatchObject({ code });
    expect(thrown(() => library.func(5))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(thrown(() => dlopen(null, { a: 'nonsense' }))).toMatchObject({ code });
  });

  it('of what cannot be called is an error at once', () => {
    expect(thrown(() => library.func('long double long_one(void)'))).toMatchObject({ code: 'ERR_UNSUPPORTED_ARGS' });
    expect(thrown(() => library.func('int missing_one(int)'))).toMatchObject({ code: 'ERR_DLSYM_FAILED' });
  });

  it('is refused once the library is closed', () => {
    const closed = dlopen(fixture('declarations'), {});
    closed.close();
    expect(thrown(() => closed.func('int add(int, double)'))).toMatchObject({
      code: 'ERR_LIBRARY_CLOSED',
      symbol: 'add',
    });
  });
});
