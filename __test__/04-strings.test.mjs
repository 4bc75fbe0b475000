import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { growth } from './growth.mjs';
import { arkffi, thrown } from './open.mjs';

const { symbols } = arkffi.dlopen(fixture('basics'), {
  length: { args: ['cstring'], returns: 'size_t' },
  echo: { args: ['cstring'], returns: 'cstring' },
  echoPtr: { symbol: 'echo', args: ['cstring'], returns: 'ptr' },
  middle: { args: ['cstring', 'cstring', 'cstring'], returns: 'cstring' },
  is_null: { args: ['cstring'], returns: 'bool' },
  greeting: { returns: 'cstring' },
  broken_utf8: { returns: 'cstring' },
  no_string: { returns: 'cstring' },
  byte_at: { args: ['cstring', 'size_t'], returns: 'u8' },
  upper: { args: ['buffer'] },
  upperString: { symbol: 'upper', args: ['cstring'] },
});
const utf8Length = (text) => new TextEncoder().encode(text).length;

describe('a string argument', () => {
  it('arrives as UTF-8 whatever its length and characters', () => {
    for (const unit of ['a', 'é', '中', '😀', 'aé中😀']) {
      for (const count of [0, 1, 2, 5, 7, 8, 9, 15, 16, 17, 18, 100, 1000, 30_000, 90_000, 300_000]) {
        const text = unit.repeat(count);
        expect(symbols.length(text), `${count} times ${unit}`).toBe(utf8Length(text));
        if (count <= 1000) expect(symbols.echo(text)).toBe(text);
      }
    }
  });

  it('of 100 MB arrives whole', () => {
    const text = 'x'.repeat(100_000_000);
    expect(symbols.length(text)).toBe(100_000_000);
    expect(symbols.byte_at(text, 99_999_999)).toBe(120);
    expect(symbols.byte_at(text, 100_000_000)).toBe(0);
  });

  it('keeps every ASCII character, and each in any position of a short string', () => {
    for (let code = 1; code < 128; code++) expect(symbols.byte_at(String.fromCharCode(code), 0)).toBe(code);
    for (let at = 0; at < 20; at++) {
      const text = `${'a'.repeat(at)}é${'b'.repeat(19 - at)}`;
      expect(symbols.echo(text)).toBe(text);
    }
  });

  it('has U+FFFD where a lone surrogate was, short and long', () => {
    for (const padding of ['', 'x'.repeat(30), 'x'.repeat(400_000)]) {
      for (const lone of ['\ud800', '\udc00', 'a\ud83d', '\ude00b', '\ud800\ud800']) {
        const expected = (padding + lone).replace(
          /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
          '\ufffd',
        );
        expect(symbols.length(padding + lone)).toBe(utf8Length(expected));
        if (padding.length < 100) expect(symbols.echo(padding + lone)).toBe(expected);
      }
    }
  });

  it('may be sliced, concatenated, or of two-byte characters that fit one', () => {
    const whole = 'abcdefghijklmnopqrstuvwxyz'.repeat(3);
    expect(symbols.echo(whole.slice(3, 40))).toBe(whole.slice(3, 40));
    const [left, right] = [whole.slice(1), whole.slice(2)];
    expect(symbols.echo(left + right)).toBe(left + right);
    expect(symbols.echo('é中'.charAt(0))).toBe('é');
  });

  it('with a NUL character is refused, wherever it is', () => {
    for (const length of [1, 5, 16, 17, 100, 5000, 300_000, 1_000_000]) {
      for (const at of [0, length >> 1, length - 1]) {
        const text = `${'x'.repeat(at)}\0${'x'.repeat(length - 1 - at)}`;
        expect(thrown(() => symbols.middle('a', text, 'b'))).toMatchObject({
          class: 'FFITypeError',
          code: 'ERR_INVALID_ARG_VALUE',
          symbol: 'middle',
          argument: 1,
        });
      }
    }
  });

  it('may be null, for NULL', () => {
    expect(symbols.is_null(null)).toBe(true);
    expect(symbols.is_null('')).toBe(false);
    expect(symbols.echo(null)).toBe(null);
  });

  it('may be an address or a buffer with a string in it', () => {
    const bytes = new TextEncoder().encode('in a buffer\0');
    expect(symbols.echo(bytes)).toBe('in a buffer');
    expect(symbols.echo(arkffi.ptr(bytes))).toBe('in a buffer');
    expect(symbols.echo(new arkffi.CString(arkffi.ptr(bytes), 5))).toBe('buffer');
  });

  it('of another kind is refused', () => {
    for (const value of [undefined, true, {}, [], Symbol('x'), () => 'x', new String('x'), { toString: () => 'x' }]) {
      expect(
        thrown(() => symbols.length(value)),
        String(value),
      ).toMatchObject({
        class: 'FFITypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        symbol: 'length',
        argument: 0,
      });
    }
    for (const value of [1.5, NaN, -1, -1n, 2 ** 53, 2n ** 64n]) {
      expect(
        thrown(() => symbols.length(value)),
        String(value),
      ).toMatchObject({ code: 'ERR_OUT_OF_RANGE', argument: 0 });
    }
  });

  it('does not share memory with another one of the same call', () => {
    for (const [a, b, c] of [
      ['a', 'b', 'c'],
      ['x'.repeat(50), 'y'.repeat(5), 'z'.repeat(500)],
      ['p'.repeat(300_000), 'q', 'r'.repeat(300_000)],
    ]) {
      expect(symbols.middle(a, b, c)).toBe(b);
    }
  });

  it('is a copy: what C writes to it does not change the string', () => {
    const text = 'constant text that is longer than sixteen';
    symbols.upperString(text);
    symbols.upperString('short');
    expect([text, 'short']).toEqual(['constant text that is longer than sixteen', 'short']);
  });

  it('uses the same memory again in the next call, also after a refused one', () => {
    const first = symbols.echoPtr('x');
    for (let i = 0; i < 100; i++) {
      thrown(() => symbols.middle('first', 'second', 5.5));
      thrown(() => symbols.middle('x'.repeat(400_000), 'y'.repeat(400_000), 'a\0'));
    }
    expect(symbols.echoPtr('x')).toBe(first);
  });

  it('frees its copy after the call and after a refused call', () => {
    const prepare = `
      const { symbols } = arkffi.dlopen(${JSON.stringify(fixture('basics'))}, {
        length: { args: ['cstring'], returns: 'size_t' },
        middle: { args: ['cstring', 'cstring', 'cstring'], returns: 'cstring' },
      });
      const big = 'x'.repeat(20_000_000);
      const refused = () => {
        try { symbols.middle(big, 'x', 5.5); } catch (error) { return error.code; }
      };`;
    // Thirty lost copies would be 600 MB.
    expect(growth(prepare, 'for (let i = 0; i < 30; i++) symbols.length(big);')).toBeLessThan(100_000_000);
    const refused =
      "for (let i = 0; i < 30; i++) if (refused() !== 'ERR_OUT_OF_RANGE') throw new Error('not refused');";
    expect(growth(prepare, refused)).toBeLessThan(100_000_000);
  });
});

describe('a string result', () => {
  it('is decoded from UTF-8', () => {
    expect(symbols.greeting()).toBe('Grüß 😀');
  });

  it('has U+FFFD where the bytes are no UTF-8', () => {
    expect(symbols.broken_utf8()).toBe('a\ufffd\ufffdz');
  });

  it('is null for NULL', () => {
    expect(symbols.no_string()).toBe(null);
  });

  it('is copied before the argument it points into is gone', () => {
    const texts = Array.from({ length: 50 }, (_, index) => `text ${index} `.repeat(index));
    expect(texts.map((text) => symbols.echo(text))).toEqual(texts);
  });
});

describe('a string at an address that cannot be one', () => {
  it('is an error that names the function', () => {
    const { id_ptr } = arkffi.dlopen(fixture('basics'), { id_ptr: { args: ['ptr'], returns: 'cstring' } }).symbols;
    expect(thrown(() => id_ptr(5))).toMatchObject({ class: 'FFIError', code: 'ERR_INVALID_POINTER', symbol: 'id_ptr' });
    expect(id_ptr(0)).toBe(null);
  });
});

describe('a string in a buffer', () => {
  it('is changed in place by C', () => {
    const bytes = new TextEncoder().encode('shout\0');
    symbols.upper(bytes);
    expect(new TextDecoder().decode(bytes)).toBe('SHOUT\0');
  });
});
