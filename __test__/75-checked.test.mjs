// Checked access: a bad address is an error where the processor would end the process. Every program here runs in a
// process of its own: it must end with status 0 and print what is expected.
import { describe, expect, it } from 'vitest';
import { both, canCheck, index, outcome } from './checked.mjs';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, thrown } from './open.mjs';

describe('an address below 64 KiB', () => {
  it('is refused by everything of ours, checked or not', () => {
    const Pair = arkffi.Struct({ first: 'i64', second: 'i64' });
    const { pair_sum } = arkffi.dlopen(fixture('pages'), { pair_sum: { args: [Pair], returns: 'i64' } }).symbols;
    const { read, write, ffi, toArrayBuffer, toBuffer, CFunction, CString } = arkffi;
    for (const address of [0, 1, 8, 4096, 65_535]) {
      const uses = [
        ...Object.keys(read).map((type) => [`read.${type}`, () => read[type](address)]),
        ...Object.keys(write).map((type) => [
          `write.${type}`,
          () => write[type](address, 0, type === 'bool' ? true : 1),
        ]),
        ['toArrayBuffer', () => toArrayBuffer(address, 0, 8)],
        ['toBuffer', () => toBuffer(address, 0, 8)],
        ['readMemory', () => ffi.readMemory(address, 8)],
        ['fromPtr', () => Pair.fromPtr(address)],
        ['get', () => Pair.get(address, 'second')],
        ['set', () => Pair.set(address, 'second', 1)],
        ['write', () => Pair.write(address, { first: 1, second: 2 })],
        ['view', () => Pair.view(address)],
        ['fromPtr', () => arkffi.array('int', 2).fromPtr(address)],
        ['view', () => arkffi.array('int', 2).view(address)],
        ['pair_sum', () => pair_sum(address)],
        ['CFunction', () => CFunction({ ptr: address, returns: 'int' })],
        ['CFunction', () => CFunction({ ptr: address, returns: 'int', checked: true }), 'checked'],
        ['read.i32', () => read.i32(address, 0, { checked: true }), 'checked'],
        ['write.i32', () => write.i32(address, 0, 1, { checked: true }), 'checked'],
      ];
      // NULL is no string, which is no error.
      if (address !== 0) {
        uses.push(['CString', () => `${new CString(address)}`], ['readCString', () => ffi.readCString(address)]);
      }
      for (const [symbol, use, mode] of uses) {
        if (mode === 'checked' && !canCheck) continue;
        expect(thrown(use), `${symbol} at ${address}`).toMatchObject({ code: 'ERR_INVALID_POINTER', symbol });
      }
    }
  });
});

describe.runIf(canCheck)('checked access', () => {
  it('to memory that is there works as unchecked', () => {
    const program = `
      const Pair = Struct({ first: 'i64', second: 'i64' });
      const { pair_sum, same } = dlopen(file, { pair_sum: { args: [Pair], returns: 'i64', checked: true }, same: { args: ['ptr'], returns: 'cstring', checked: true } }).symbols;
      const start = pages('whole');
      // Also where a page ends in the middle.
      const results = [0, 1, page - 4, page - 3, page - 1].map((at) => {
        const values = ['u8', 'i16', 'u32', 'i64', 'f32', 'f64', 'ptr'].map((type) => {
          write[type](start + at, 0, type[0] === 'f' ? 1.5 : 100, checked);
          return read[type](start + at, 0, checked);
        });
        Pair.write(start + at, { first: 1, second: 2 }, 0, checked);
        Pair.set(start + at, 'second', 40, checked);
        values.push(Pair.get(start + at, 'second', checked), Pair.fromPtr(start + at, 0, undefined, checked).first, pair_sum(start + at));
        values.push(array('i64', 2).fromPtr(start + at, 0, undefined, checked)[1], Pair.view(start + at, 0, undefined, checked).second);
        values.push(new Uint8Array(ffi.readMemory(start + at, 9, checked))[8], new Uint8Array(toArrayBuffer(start + at, 0, 9, checked))[8]);
        const text = Buffer.from('text\\0');
        text.forEach((byte, index) => write.u8(start + at, index, byte));
        values.push(new CString(start + at, 0, undefined, checked).toString(), ffi.readCString(start + at, checked), same(start + at));
        return values.join(' ');
      });
      console.log(JSON.stringify([...new Set(results)]));`;
    const expected = ['100 100 100 100 1.5 1.5 100 40 1 41 40 40 40 40 text text text'];
    expect(both(program)).toEqual([expected, expected]);
  });

  it('to memory that is not there, or guarded, is ERR_INVALID_POINTER, for all that reads', () => {
    const program = `
      const Pair = Struct({ first: 'i64', second: 'i64' });
      const { pair_sum, same } = dlopen(file, { pair_sum: { args: [Pair], returns: 'i64', checked: true }, same: { args: ['ptr'], returns: 'cstring', checked: true } }).symbols;
      const results = ['gone', 'guard'].flatMap((kind) => {
        const bad = pages(kind) + page;
        return [bad, bad - 1].map((at) => [
          says(() => read.i32(at, 0, checked)), says(() => read.f64(at, 0, checked)), says(() => read.ptr(at, 0, checked)),
          says(() => write.i32(at, 0, 1, checked)), says(() => write.u64(at, 0, 1n, checked)),
          says(() => Pair.fromPtr(at, 0, undefined, checked)), says(() => Pair.get(at, 'first', checked)),
          says(() => Pair.set(at, 'first', 1, checked)), says(() => Pair.write(at, { first: 1, second: 2 }, 0, checked)),
          says(() => Pair.view(at, 0, undefined, checked)), says(() => array('i64', 2).fromPtr(at, 0, undefined, checked)),
          says(() => pair_sum(at)), says(() => ffi.readMemory(at, 8, checked)),
          says(() => toArrayBuffer(at, 0, 8, checked)), says(() => toBuffer(at, 0, 8, checked)),
        ].join());
      });
      console.log(JSON.stringify([...new Set(results)]));`;
    const functions = [
      ...[
        'read.i32',
        'read.f64',
        'read.ptr',
        'write.i32',
        'write.u64',
        'fromPtr',
        'get',
        'set',
        'write',
        'view',
        'fromPtr',
      ],
      ...['pair_sum', 'readMemory', 'toArrayBuffer', 'toBuffer'],
    ];
    const expected = [functions.map((name) => `ERR_INVALID_POINTER ${name} 0`).join()];
    expect(both(program)).toEqual([expected, expected]);
  });

  it('reads strings up to a guard page, and not beyond, in every encoding', () => {
    const program = `
      const results = {};
      for (const [encoding, unit] of Object.entries({ utf8: 1, latin1: 1, utf16le: 2, utf32le: 4 })) {
        const options = { encoding, checked: true };
        const start = pages('guard');
        const fits = start + page - 4 * unit;
        for (let at = 0; at < 3; at++) write.u8(fits, at * unit, 97 + at);
        const read = (at, length) => says(() => new CString(at, 0, length, options).toString());
        results[encoding] = [read(fits), read(fits - unit)];
        // Without its NUL it goes on into the guard page; of limited length it does not.
        write.u8(fits, 3 * unit, 100);
        results[encoding].push(read(fits), read(fits, 4 * unit), read(start + page), read(fits + 1, undefined));
      }
      console.log(JSON.stringify(results));`;
    const bad = 'ERR_INVALID_POINTER CString 0';
    const expected = ['abc', '', bad, 'abcd', bad, bad];
    const results = { utf8: expected, latin1: expected, utf16le: expected, utf32le: expected };
    expect(outcome(program)).toEqual(results);
  });

  it('reads long strings over many pages', () => {
    const program = `
      const start = c.map_pages(64);
      new Uint8Array(toArrayBuffer(start, 0, 64 * page)).fill(120);
      c.protect(start + 63 * page, page, false, false);
      write.u8(start, 63 * page - 1, 0);
      const text = new CString(start, 5, undefined, checked).toString();
      console.log(JSON.stringify(text === 'x'.repeat(63 * page - 6)));`;
    expect(both(program)).toEqual([true, true]);
  });

  it('does not write what is read-only, nor a part of what is', () => {
    const program = `
      const Pair = Struct({ first: 'i64', second: 'i64' });
      const start = pages('readonly');
      const edge = start + page;
      const results = [edge, edge + 8, edge - 1, edge - 4, edge - 7].map((at) => [
        says(() => write.f64(at, 0, 1.5, checked)), says(() => Pair.write(at, { first: 5, second: 6 }, 0, checked)),
        says(() => Pair.set(at, 'first', 7, checked)), says(() => read.u8(at, 0, checked)),
      ].join());
      const before = new Uint8Array(ffi.readMemory(start, 2 * page, checked)).every((byte) => byte === 0);
      console.log(JSON.stringify([...new Set(results), before]));`;
    const refusals = ['write.f64', 'write', 'set'].map((name) => `ERR_INVALID_POINTER ${name} 0`);
    const expected = [[...refusals, '0'].join(), true];
    expect(both(program)).toEqual([expected, expected]);
  });

  it('is for string results too, synchronous and not, with other encodings and freed ones', () => {
    const program = `
      const { symbols: s } = dlopen(file, {
        same: { args: ['ptr'], returns: 'cstring', checked: true },
        wide: { symbol: 'same', args: ['ptr'], returns: { type: 'cstring', encoding: 'utf16le' }, checked: true },
        freed: { symbol: 'same', args: ['ptr'], returns: { type: 'cstring', free: 'unmap' }, checked: true },
      });
      const bad = pages('guard') + page;
      const says2 = async (promise) => { try { return await promise; } catch (error) { return [error.code, error.symbol].join(' '); } };
      (async () => {
        const results = [];
        for (const f of [s.same, s.wide, s.freed]) {
          results.push(says(() => f(bad)), await says2(f.async(bad)), says(() => f(null)), await says2(f.async(null)));
        }
        write.u8(bad - page, 0, 120);
        results.push(s.same(bad - page), await s.same.async(bad - page), s.wide(bad - page));
        console.log(JSON.stringify(results));
      })();`;
    const of = (name) => [`ERR_INVALID_POINTER ${name} `, `ERR_INVALID_POINTER ${name}`, null, null];
    const expected = [...of('same'), ...of('wide'), ...of('freed'), 'x', 'x', 'x'];
    expect(both(program)).toEqual([expected, expected]);
  });

  it('of a function is only to code', () => {
    const program = `
      const start = pages('whole');
      const { ptr } = c.answer;
      const make = (address) => ({ ptr: address, returns: 'int', checked: true });
      const bad = [start, start + 8, ptr + 2 ** 40];
      const results = bad.flatMap((address) => [
        says(() => CFunction(make(address))), says(() => AsyncCFunction(make(address))), says(() => linkSymbols({ f: make(address) })),
      ]);
      const callback = new JSCallback(() => 7, { returns: 'int' });
      results.push(CFunction(make(ptr))(), CFunction(make(callback))(), linkSymbols({ f: make(ptr) }).symbols.f());
      console.log(JSON.stringify(results));`;
    const refusals = ['CFunction', 'AsyncCFunction', 'f'].map((name) => `ERR_INVALID_POINTER ${name} `);
    const expected = [...refusals, ...refusals, ...refusals, 42, 7, 42];
    expect(both(program)).toEqual([expected, expected]);
  });

  it('with ARKFFI_CHECKED=1 is that of the bridge and of callbacks too', () => {
    const program = `
      const bad = pages('guard') + page;
      const handle = ffi.load(file);
      const results = [
        says(() => ffi.callPtr(bad, '', 'i', [], [])), ffi.callPtr(c.answer.ptr, '', 'i', [], []),
        says(() => ffi.callMixed(handle, 'same', 'p', 's', [bad], [])),
        says(() => new JSCallback((text) => text, { args: ['cstring'], returns: 'ptr' }).call(bad)),
      ];
      ffi.callPtrAsync(bad, '', 'i', [], []).catch((error) => {
        results.push(error.code);
        console.log(JSON.stringify(results));
      });`;
    const [pointer, number, string, callback, async] = outcome(program, { ARKFFI_CHECKED: '1' });
    expect([pointer, number, string, async]).toEqual([
      'ERR_INVALID_POINTER callPtr ',
      42,
      'ERR_INVALID_POINTER same ',
      'ERR_INVALID_POINTER',
    ]);
    expect(callback).toContain('ERR_INVALID_POINTER');
  });

  it('leaves errno as the last call left it', () => {
    const program = `
      arkffi.errno(33);
      says(() => read.i32(pages('gone') + page, 0, checked));
      arkffi.errno(44);
      says(() => read.i32(2 ** 46, 0, checked));
      console.log(JSON.stringify(arkffi.errno()));`;
    expect(outcome(program)).toBe(44);
  });

  it('is an error where the system forbids it: when it is asked for, and when the package is loaded', () => {
    const program = `
      const memory = new Uint8Array(8);
      const address = arkffi.ptr(memory);
      const forbidden = c.forbid_looking();
      const uses = [
        () => read.u8(address, 0, checked), () => write.u8(address, 0, 1, checked),
        () => new CString(address, 0, undefined, checked), () => CFunction({ ptr: c.answer.ptr, returns: 'int', checked: true }),
        () => dlopen(file, { answer: { returns: 'int', checked: true } }),
      ];
      const results = uses.map(says);
      const { spawnSync } = require('node:child_process');
      const child = spawnSync(process.execPath, ['-e', ${JSON.stringify(`require(${index})`)}], { encoding: 'utf8', env: { ...process.env, ARKFFI_CHECKED: '1' } });
      results.push(read.u8(address, 0), child.status, child.stderr.includes('ERR_CALL_FAILED') && child.stderr.includes('ARKFFI_CHECKED'));
      console.log(JSON.stringify(forbidden === 0 ? results : 'cannot be forbidden here'));`;
    const result = outcome(program);
    if (result === 'cannot be forbidden here') return;
    const refusals = ['read.u8', 'write.u8', 'CString', 'CFunction', 'answer'].map(
      (name) => `ERR_CALL_FAILED ${name} `,
    );
    expect(result).toEqual([...refusals, 0, 1, true]);
  });
});

describe('with all checked, a Memory of an address', () => {
  it('is looked at through the system by all that it does, however often', () => {
    expect(
      outcome(
        `
        const { alloc, reinterpret } = arkffi;
        const Pair = Struct({ first: 'int', second: 'int' });
        const good = pages('whole');
        for (let round = 0; round < 20; round++) {
          const memory = reinterpret(good + 2 * page - 16, 16);
          memory.write('int', 0, 5);
          if (memory.read('int', 0) !== 5 || memory.view()[0] !== 5 || memory.bytes()[0] !== 5) throw new Error('good memory');
        }
        const gone = pages('gone') + page;
        const memory = reinterpret(gone, 16), typed = reinterpret(gone, 'int', 4), text = reinterpret(gone, 8);
        const uses = {
          read: () => memory.read('int', 0), write: () => memory.write('int', 0, 1), at: () => typed.at(1), set: () => typed.set(1, 1),
          bytes: () => memory.bytes(), setBytes: () => memory.setBytes(new Uint8Array(4)), from: () => alloc(16).setBytes(memory),
          view: () => memory.view(), part: () => memory.slice(4).view(0, 4), struct: () => Pair.view(memory).first,
          fromPtr: () => Pair.fromPtr(memory), writeAll: () => memory.write(Pair, 0, { first: 1, second: 2 }), readAll: () => memory.read(Pair, 0),
          text: () => text.toString(), again: () => memory.reinterpret('int').at(0), of: () => alloc(8).reinterpret(2 ** 30).view().length,
        };
        console.log(JSON.stringify(Object.entries(uses).map(([name, use]) => {
          const all = new Set(Array.from({ length: 20 }, () => String(says(use))));
          return name + ': ' + [...all].join('; ');
        })));`,
        { ARKFFI_CHECKED: '1' },
      ),
    ).toEqual([
      'read: ERR_INVALID_POINTER read ',
      'write: ERR_INVALID_POINTER write ',
      'at: ERR_INVALID_POINTER at ',
      'set: ERR_INVALID_POINTER set ',
      'bytes: ERR_INVALID_POINTER bytes 0',
      'setBytes: ERR_INVALID_POINTER setBytes ',
      'from: ERR_INVALID_POINTER setBytes 0',
      'view: ERR_INVALID_POINTER view ',
      'part: ERR_INVALID_POINTER view ',
      'struct: ERR_INVALID_POINTER view ',
      'fromPtr: ERR_INVALID_POINTER fromPtr 0',
      'writeAll: ERR_INVALID_POINTER write ',
      'readAll: ERR_INVALID_POINTER read ',
      'text: ERR_INVALID_POINTER toString 0',
      'again: ERR_INVALID_POINTER at ',
      'of: ERR_INVALID_POINTER view ',
    ]);
  });
});
