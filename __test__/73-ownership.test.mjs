// Who allocates, frees: every row of the table of docs/strings.md. The fixture's allocator knows what is live, and fills
// with 0xdd what was freed.
import { describe, expect, it } from 'vitest';
import { collect as collectGarbage } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { growth } from './growth.mjs';
import { arkffi, hold, thrown } from './open.mjs';

const { array, dlopen, pointer, ptr, releasePtr, stats, CString, Struct } = arkffi;
const { symbols } = dlopen(fixture('texts'), {
  same: { args: ['cstring'], returns: 'cstring' },
  address: { symbol: 'same', args: ['cstring'], returns: 'ptr' },
  wide: { symbol: 'same', args: [{ type: 'cstring', encoding: 'utf16le' }], returns: 'ptr' },
  keep: { args: ['cstring', 'int'], returns: 'int' },
  kept_text: { returns: 'ptr' },
  copy8: { args: ['cstring'], returns: 'cstring' },
  make: { symbol: 'copy8', args: ['cstring'], returns: 'ptr' },
  freed: { symbol: 'copy8', args: ['cstring'], returns: { type: 'cstring', free: 'free_text' } },
  free_text: { args: ['ptr'] },
  live_blocks: { returns: 'int' },
  wrong_frees: { returns: 'int' },
});
const { live_blocks, wrong_frees } = symbols;

async function collect() {
  for (let round = 0; round < 10; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
}
const megabyte = 2 ** 20;

describe('a string argument', () => {
  const texts = ['text', 'é'.repeat(50), 'x'.repeat(5000)];

  it('is gone when the call has returned: the next one has its place', () => {
    for (const call of [symbols.address, symbols.wide]) {
      const places = texts.flatMap((text) => [call(text), call(text), call('other')]);
      expect(new Set(places).size).toBe(1);
      const place = call('first');
      expect(call('second, which is written over the first')).toBe(place);
    }
  });

  it('is gone when a later argument is refused, or its object throws', () => {
    const place = symbols.address('text');
    const Named = Struct({ name: 'cstring', id: 'int' });
    const { twice } = dlopen(fixture('texts'), {
      twice: { symbol: 'second', args: ['cstring', pointer(Named)], returns: 'ptr' },
    }).symbols;
    for (let round = 0; round < 1000; round++) {
      expect(thrown(() => symbols.keep('x'.repeat(1000), 0.5)).code).toBe('ERR_OUT_OF_RANGE');
      const thrower = {
        name: 'a name',
        get id() {
          throw new Error('mine');
        },
      };
      expect(thrown(() => twice('x'.repeat(1000), thrower)).message).toBe('mine');
    }
    expect(symbols.address('text')).toBe(place);
  });

  it('is gone when it was too long for the scratch stack, with nothing left behind', () => {
    const prepare = `
      const text = (encoding) => ({ type: 'cstring', encoding });
      const { symbols } = arkffi.dlopen(${JSON.stringify(fixture('texts'))}, {
        keep: { args: [text('utf8'), 'int'], returns: 'int' },
        wide: { symbol: 'same', args: [text('utf16le')], returns: 'ptr' },
      });
      const long = 'x'.repeat(${4 * megabyte});
      const refused = () => {
        try { symbols.keep(long, 0.5); } catch (error) { return error.code; }
      };`;
    const work = `
      for (let round = 0; round < 10; round++) {
        symbols.keep(long, 0);
        symbols.wide(long);
        if (refused() !== 'ERR_OUT_OF_RANGE') throw new Error('not refused');
        await symbols.keep.async(long, 0);
      }`;
    // What is copied is 200 MB.
    expect(growth(prepare, work)).toBeLessThan(40 * megabyte);
  });

  it('is a copy: what C writes there changes no string', () => {
    const { upper } = dlopen(fixture('basics'), { upper: { args: ['cstring'] } }).symbols;
    const text = 'lower case';
    upper(text);
    expect(text).toBe('lower case');
  });

  it('of an asynchronous call lives until that has settled', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `${index}`.repeat(2000));
    const results = texts.map((text) => symbols.freed.async(text));
    collectGarbage();
    expect(await Promise.all(results)).toEqual(texts);
  });
});

describe('a string result', () => {
  it('is untouched, and never freed', async () => {
    const place = symbols.make('result');
    const before = live_blocks();
    for (let round = 0; round < 1000; round++) expect(symbols.same(place)).toBe('result');
    for (let round = 0; round < 10; round++) expect(await symbols.same.async(place)).toBe('result');
    await collect();
    expect(new CString(place).toString()).toBe('result');
    expect([live_blocks(), wrong_frees()]).toEqual([before, 0]);
    symbols.free_text(place);
  });

  it('that C has allocated stays, unless the type says what frees it', () => {
    const before = live_blocks();
    expect(symbols.copy8('leaked')).toBe('leaked');
    expect(live_blocks()).toBe(before + 1);
    expect(symbols.freed('freed')).toBe('freed');
    expect([live_blocks(), wrong_frees()]).toEqual([before + 1, 0]);
  });

  it('is a string of its own: what becomes of the memory changes it not', () => {
    const place = symbols.make('before');
    const text = symbols.same(place);
    symbols.free_text(place);
    expect(text).toBe('before');
    expect(new Uint8Array(arkffi.toArrayBuffer(place, 0, 7))).toEqual(new Uint8Array(7).fill(0xdd));
  });
});

describe('a const char* member', () => {
  it('is readable, and never freed', async () => {
    const Named = Struct({ id: 'int', name: 'cstring' });
    const name = symbols.make('of C');
    const before = live_blocks();
    const record = hold(Named.create({ id: 1, name }));
    for (let round = 0; round < 100; round++) {
      expect(new CString(Named.fromPtr(record).name).toString()).toBe('of C');
      expect(new CString(Named.view(record).name).toString()).toBe('of C');
      // Another takes its place.
      Named.set(record, 'name', 'of JavaScript');
      expect(new CString(Named.get(record, 'name')).toString()).toBe('of JavaScript');
      Named.set(record, 'name', name);
    }
    await collect();
    expect([new CString(name).toString(), live_blocks(), wrong_frees()]).toEqual(['of C', before, 0]);
    symbols.free_text(name);
  });

  it('that JavaScript has written lives as long as the buffer', async () => {
    const Named = Struct({ id: 'int', name: 'cstring' });
    const record = hold(Named.create({ id: 1, name: `${'long '.repeat(1000)}name` }));
    await collect();
    expect(new CString(Named.fromPtr(record).name).toString()).toBe(`${'long '.repeat(1000)}name`);
  });
});

describe('a struct argument', () => {
  const Point = Struct({ x: 'int', y: 'int' });
  const { point_move, point_add } = dlopen(fixture('records'), {
    point_move: { args: [pointer(Point), 'int', 'int'] },
    point_add: { args: [Point, Point], returns: Point },
  }).symbols;

  it("is the user's: by value it is copied, by pointer it is C's to write, and collection ends it", async () => {
    const point = Point.create({ x: 1, y: 2 });
    releasePtr(point_add(point, point));
    expect(Point.fromPtr(point)).toEqual({ x: 1, y: 2 });
    point_move(point, 10, 20);
    expect(Point.fromPtr(point)).toEqual({ x: 11, y: 22 });
    expect(point.byteLength).toBe(8);
    const place = (() => {
      const other = Point.create({ x: 1, y: 2 });
      releasePtr(point_add(other, other));
      point_move(other, 1, 1);
      return new WeakRef(other);
    })();
    await collect();
    expect(place.deref()).toBe(undefined);
  });

  it('of a struct result is retained until it is released, and an unknown address is ignored', async () => {
    const before = stats().retained;
    const places = Array.from({ length: 100 }, (_, index) => point_add({ x: index, y: 0 }, { x: 0, y: index }));
    await collect();
    expect(places.map((place) => Point.fromPtr(place))).toEqual(
      Array.from({ length: 100 }, (_, index) => ({ x: index, y: index })),
    );
    expect(stats().retained).toBe(before + 100);
    const view = Point.view(places[0]);
    for (const place of places) releasePtr(place);
    for (const place of [...places, 0, null, 0x10_0000, 2n ** 60n]) releasePtr(place);
    expect(stats().retained).toBe(before);
    expect(thrown(() => view.x).code).toBe('ERR_INVALID_POINTER');
  });
});

describe("what is the user's", () => {
  it('is left alone: buffers stay attached, as long and as they were, after calls and refused calls', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index + 1);
    const copy = bytes.slice();
    const { units } = dlopen(fixture('texts'), {
      units: { symbol: 'unit8', args: ['ptr', 'size_t'], returns: 'u32' },
    }).symbols;
    for (let round = 0; round < 100; round++) {
      expect(units(bytes, 5)).toBe(6);
      expect(thrown(() => units(bytes, -1)).code).toBe('ERR_OUT_OF_RANGE');
      expect(await units.async(bytes, 5)).toBe(6);
    }
    expect(bytes).toEqual(copy);
    expect(ptr(bytes)).toBe(symbols.same.ptr && ptr(bytes.buffer));
  });

  it('is not kept by having been passed', async () => {
    const { address } = symbols;
    const places = Array.from({ length: 20 }, () => {
      const bytes = new Uint8Array(10_000);
      address(bytes);
      return new WeakRef(bytes);
    });
    const lists = array('int', 100);
    const made = new WeakRef(lists.create([1, 2, 3]));
    await collect();
    expect([...places, made].filter((place) => place.deref() !== undefined)).toEqual([]);
  });
});
