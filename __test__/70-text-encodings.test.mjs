// { type: 'cstring', encoding }: strings in other encodings, as arguments, results, members, and of CString.
import { describe, expect, it } from 'vitest';
import { arkffi, hold, thrown } from './open.mjs';
import { encodings, file, of, symbols } from './texts.mjs';

const { dlopen, array, callback, errno, out, pointer, ptr, read, write, CString, JSCallback, Struct } = arkffi;

const texts = [
  '',
  'a',
  'Grüße',
  'ÿ',
  'x'.repeat(19),
  'x'.repeat(20),
  'x'.repeat(21),
  'é'.repeat(1000),
  'x'.repeat(300_000),
];
const wideTexts = ['中文', '😀', 'a😀b', '😀'.repeat(24), '\uffff', '😀'.repeat(100_000)];
const textsOf = (encoding) => (encoding === 'latin1' ? texts : [...texts, ...wideTexts]);

describe.each(Object.entries(encodings))('a string in %s', (encoding, unit) => {
  const call = (name, ...args) => symbols[`${name}_${encoding}`](...args);
  const bytesOf = (text) =>
    encoding === 'utf32le'
      ? Buffer.concat([...text].map((character) => Buffer.from(Uint32Array.of(character.codePointAt(0)).buffer)))
      : Buffer.from(text, encoding);

  it('arrives whole as an argument, whatever its length, and comes back as a result', () => {
    for (const text of textsOf(encoding)) {
      const bytes = bytesOf(text);
      expect(call('length', text)).toBe(bytes.length / unit);
      if (text.length < 2000) expect(call('same', text)).toBe(text);
      for (let at = 0; at < Math.min(bytes.length / unit, 60); at++) {
        const unitAt = unit === 1 ? bytes[at] : unit === 2 ? bytes.readUInt16LE(2 * at) : bytes.readUInt32LE(4 * at);
        expect(call('unit', text, at)).toBe(unitAt);
      }
    }
  });

  it('is aligned to its units, and has two copies for two arguments', () => {
    for (const text of textsOf(encoding)) expect(call('aligned', text, unit)).toBe(true);
    expect(call('second', 'abc', 'defg')).toBe('defg');
    expect(call('second', 'x'.repeat(200_000), 'y'.repeat(100_000))).toBe('y'.repeat(100_000));
  });

  it('is null for NULL in both directions, and takes what a pointer takes', () => {
    expect(call('same', null)).toBe(null);
    expect(call('same', 0)).toBe(null);
    const memory = hold(new Uint8Array([...bytesOf('abc'), ...new Uint8Array(unit)]));
    for (const place of [memory, ptr(memory), BigInt(ptr(memory)), new CString(ptr(memory)), memory.buffer]) {
      expect(call('same', place)).toBe('abc');
    }
  });

  it('is refused with a NUL inside, short and long', () => {
    for (const text of ['\0', 'a\0b', `${'x'.repeat(100)}\0`, `${'x'.repeat(400_000)}\0y`]) {
      for (const at of [0, 1]) {
        const error = thrown(() => call('second', ...(at === 0 ? [text, 'x'] : ['x', text])));
        expect(error).toMatchObject({ class: 'FFITypeError', code: 'ERR_INVALID_ARG_VALUE', argument: at });
        expect(error.symbol).toBe(`second_${encoding}`);
        expect(error.message).toContain('the string contains a NUL character');
      }
    }
  });

  it('is refused as other values are', () => {
    for (const bad of [undefined, 1.5, -1, {}, true, Symbol('s'), () => {}]) {
      const error = thrown(() => call('length', bad));
      expect(error).toMatchObject({ isFFIError: true, symbol: `length_${encoding}`, argument: 0 });
      expect(error.code).toBe(typeof bad === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE');
    }
    expect(thrown(() => call('length')).code).toBe('ERR_MISSING_ARGS');
    const gone = new Uint8Array(8);
    structuredClone(gone, { transfer: [gone.buffer] });
    expect(thrown(() => call('length', gone)).code).toBe('ERR_INVALID_ARG_VALUE');
  });

  it('is read at any alignment', () => {
    const bytes = bytesOf('Grüße');
    const memory = hold(new Uint8Array(64));
    for (let offset = 0; offset < 8; offset++) {
      memory.fill(0).set(bytes, offset);
      expect(call('same', memory.subarray(offset))).toBe('Grüße');
      expect(new CString(ptr(memory), offset, undefined, { encoding }).toString()).toBe('Grüße');
      expect(new CString(ptr(memory), offset, 3 * unit, { encoding }).toString()).toBe(
        encoding === 'utf8' ? 'Gr\ufffd' : 'Grü',
      );
    }
  });

  it('may be a result that is freed: once, never NULL, with the errno of the function', () => {
    for (const text of textsOf(encoding)) {
      const before = symbols.made_blocks();
      expect(call('copy', text) === text).toBe(true);
      expect(errno()).toBe(42);
      expect(symbols.made_blocks()).toBe(before + 1);
      expect(symbols.live_blocks()).toBe(0);
    }
    expect(call('copy', null)).toBe(null);
    expect(symbols.wrong_frees()).toBe(0);
  });

  it('does all of that asynchronously', async () => {
    const form = (name) => symbols[`${name}_${encoding}`].async;
    for (const text of textsOf(encoding)) {
      expect(await form('length')(text)).toBe(bytesOf(text).length / unit);
      expect((await form('copy')(text)) === text).toBe(true);
      expect(errno()).toBe(42);
    }
    expect(await form('copy')(null)).toBe(null);
    expect(await form('second')('abc', 'defg')).toBe('defg');
    await expect(form('second')('a', 'b\0c')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', argument: 1 });
    expect([symbols.live_blocks(), symbols.wrong_frees()]).toEqual([0, 0]);
  });

  it('is what callbacks get and return', () => {
    const type = of(encoding);
    const { map_text } = dlopen(file, {
      map_text: { args: [callback([type], type), type], returns: type },
    }).symbols;
    expect(map_text((text) => `${text}${text}!`, 'Grüße')).toBe('GrüßeGrüße!');
    expect(map_text(() => null, 'x')).toBe(null);
    expect(map_text((text) => (text === null ? 'NULL' : text), null)).toBe('NULL');
    const kept = new JSCallback((text) => text?.toUpperCase() ?? null, { args: [type], returns: type });
    expect(kept.call('é')).toBe('É');
    expect(map_text(kept, 'abc')).toBe('ABC');
    kept.close();
    expect(thrown(() => map_text(() => 'a\0b', 'x'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(thrown(() => map_text(() => 5.5, 'x'))).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('characters that an encoding does not have', () => {
  it('are refused for latin1, short and long, sync and async', async () => {
    for (const text of ['中', 'a😀', `${'x'.repeat(400_000)}中`]) {
      const error = { code: 'ERR_INVALID_ARG_VALUE', symbol: 'length_latin1', argument: 0 };
      expect(thrown(() => symbols.length_latin1(text))).toMatchObject({ ...error, class: 'FFITypeError' });
      await expect(symbols.length_latin1.async(text)).rejects.toMatchObject(error);
    }
  });

  it('half a pair is kept in utf16le, and U+FFFD in utf8 and utf32le', () => {
    for (const padding of ['', 'x'.repeat(60)]) {
      for (const lone of ['\ud800', '\udc00', 'a\ud83d', '\ude00b']) {
        const text = padding + lone;
        const replaced = text.replace(/[\ud800-\udfff]/, '\ufffd');
        expect(symbols.same_utf16le(text)).toBe(text);
        expect(symbols.same_utf8(text)).toBe(replaced);
        expect(symbols.same_utf32le(text)).toBe(replaced);
      }
    }
  });

  it('are read as U+FFFD: numbers beyond the last character, halves of pairs, broken UTF-8', () => {
    const points = hold(Uint32Array.of(0x61, 0x110000, 0xffffffff, 0xd800, 0x10ffff, 0));
    expect(symbols.same_utf32le(points)).toBe('a\ufffd\ufffd\ufffd\u{10ffff}');
    expect(symbols.same_utf8(hold(Uint8Array.of(0x61, 0xff, 0xc3, 0)))).toBe('a\ufffd\ufffd');
    const bytes = hold(Uint8Array.from({ length: 256 }, (_, index) => (index + 1) & 255));
    expect(symbols.same_latin1(bytes)).toBe(Buffer.from(bytes.subarray(0, 255)).toString('latin1'));
  });
});

describe('a member with an encoding', () => {
  const Named = Struct({ id: 'int', name: of('utf16le') });
  const { named_length, named_length_at, filled } = dlopen(file, {
    named_length: { args: [Named], returns: 'size_t' },
    named_length_at: { args: [pointer(Named)], returns: 'size_t' },
    filled: { symbol: 'named_length_at', args: [out(Named)], returns: 'size_t', optional: true },
  }).symbols;

  it('is written in it: by value, by pointer, in create, set and in place', () => {
    expect(filled).toBeTypeOf('function');
    for (const name of ['', 'Grüße', '😀', 'x'.repeat(5000)]) {
      expect(named_length({ id: 1, name })).toBe(name.length);
      expect(named_length_at({ id: 1, name })).toBe(name.length);
      const buffer = hold(Named.create({ id: 1, name }));
      expect(named_length(buffer)).toBe(name.length);
      Named.set(buffer, 'name', `${name}!`);
      expect(named_length_at(buffer)).toBe(name.length + 1);
      const view = Named.view(buffer);
      view.name = `${name}!!`;
      expect(named_length_at(buffer)).toBe(name.length + 2);
    }
  });

  it('is read as its address, as any string is', () => {
    const buffer = hold(Named.create({ id: 1, name: 'Grüße' }));
    const { name } = Named.fromPtr(buffer);
    expect(name).toBeTypeOf('number');
    expect(new CString(name, 0, undefined, { encoding: 'utf16le' }).toString()).toBe('Grüße');
    expect(Named.view(buffer).name).toBe(name);
    expect(Named.fieldTypes[1]).toEqual(of('utf16le'));
  });

  it('is sent with an asynchronous call', async () => {
    expect(await named_length.async({ id: 1, name: 'Grüße' })).toBe(5);
    expect(await named_length_at.async({ id: 1, name: '😀' })).toBe(2);
  });

  it('may have a default, and stand among the other things that are said of the member', () => {
    const Other = Struct({ id: 'int', name: { type: 'char *', encoding: 'utf16le', default: 'none' } });
    const { length } = dlopen(file, { length: { symbol: 'named_length', args: [Other], returns: 'size_t' } }).symbols;
    expect(length({ id: 1 })).toBe(4);
    expect(length({ id: 1, name: 'ab' })).toBe(2);
  });

  it('may be an element of an array', () => {
    const Names = array(of('utf16le'), 2);
    const buffer = hold(Names.create(['ab', '中']));
    const texts = Names.fromPtr(buffer).map((name) => `${new CString(name, 0, undefined, { encoding: 'utf16le' })}`);
    expect(texts).toEqual(['ab', '中']);
  });

  it('is refused with a NUL inside, with its path', () => {
    const error = thrown(() => named_length({ id: 1, name: 'a\0b' }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', symbol: 'named_length', argument: 0 });
    expect(error.message).toContain('name: the string contains a NUL character');
    expect(thrown(() => Named.create({ name: 'a\0b' })).code).toBe('ERR_INVALID_ARG_VALUE');
  });
});

describe('CString', () => {
  it('has an encoding, and the length in units of UTF-16', () => {
    const memory = hold(Buffer.from('a😀\0', 'utf16le'));
    const text = new CString(ptr(memory), 0, undefined, { encoding: 'utf16le' });
    expect([`${text}`, text.length, JSON.stringify(text)]).toEqual(['a😀', 3, '"a😀"']);
    expect(`${new CString(null, 0, undefined, { encoding: 'utf32le' })}`).toBe('');
    // Half a unit is none.
    expect(`${new CString(ptr(memory), 0, 3, { encoding: 'utf16le' })}`).toBe('a');
    expect(`${new CString(ptr(memory), 0, 1, { encoding: 'utf16le' })}`).toBe('');
  });

  it('refuses what are no options, or unknown ones', () => {
    const memory = hold(new Uint8Array(8));
    const make = (options) => thrown(() => new CString(ptr(memory), 0, undefined, options));
    const error = { class: 'FFITypeError', symbol: 'CString', argument: 3 };
    expect(make('utf16le')).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_TYPE' });
    expect(make(null)).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_TYPE' });
    expect(make({ encode: 'utf8' })).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_TYPE' });
    expect(make({ encoding: 'nope' })).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_VALUE' });
    expect(make({ checked: 1 })).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_TYPE' });
  });

  it('reads what was written unit by unit', () => {
    const memory = hold(new Uint8Array(16));
    write.u16(ptr(memory), 1, 0x4e2d);
    expect(read.u16(ptr(memory), 1)).toBe(0x4e2d);
    expect(`${new CString(ptr(memory), 1, undefined, { encoding: 'utf16le' })}`).toBe('中');
  });
});
