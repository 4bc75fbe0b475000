// { type: 'cstring', free }: results that are the program's to free.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { flags, node } from './node.mjs';
import { arkffi, require, thrown } from './open.mjs';
import { file, symbols } from './texts.mjs';

const { dlopen, linkSymbols, errno, CFunction, JSCallback } = arkffi;

/** The same library again, as another file: another object in memory. */
function secondCopy() {
  const copy = path.join(mkdtempSync(path.join(tmpdir(), 'arkffi-')), 'texts.so');
  copyFileSync(file, copy);
  return copy;
}

describe('a result that is freed', () => {
  it('may be freed by an address, a bound function, or a name', () => {
    const { free_text } = dlopen(file, { free_text: { args: ['ptr'] } }).symbols;
    for (const free of [free_text, free_text.ptr, BigInt(free_text.ptr), 'free_text']) {
      const { copy8 } = dlopen(file, { copy8: { args: ['cstring'], returns: { type: 'string', free } } }).symbols;
      expect(copy8('text')).toBe('text');
      expect([symbols.live_blocks(), symbols.wrong_frees()]).toEqual([0, 0]);
    }
  });

  it('is freed by a bound function that takes a pointer, and by no other, whether or not its address was asked for', () => {
    const copy = (free) =>
      dlopen(file, { copy8: { args: ['cstring'], returns: { type: 'cstring', free } } }).symbols.copy8;
    for (const type of ['ptr', 'cstring', 'buffer']) {
      const { free_text, other } = dlopen(file, {
        free_text: { args: [type] },
        other: { symbol: 'free_text', args: [type] },
      }).symbols;
      const { get, value } = Object.getOwnPropertyDescriptor(other, 'ptr');
      expect(typeof other.ptr).toBe('number');
      expect(get ?? value).toBeDefined();
      for (const free of [free_text, other]) expect(copy(free)('text')).toBe('text');
    }
    expect([symbols.live_blocks(), symbols.wrong_frees()]).toEqual([0, 0]);
    for (const args of [[], ['int'], ['i64'], ['ptr', 'ptr'], ['ptr', 'int'], ['f64']]) {
      for (const isAsked of [false, true]) {
        const { bad } = dlopen(file, { bad: { symbol: 'free_text', args } }).symbols;
        if (isAsked) expect(bad.ptr).toBeGreaterThan(0);
        const error = { class: 'FFITypeError', code: 'ERR_INVALID_ARG_VALUE', symbol: 'copy8' };
        expect(thrown(() => copy(bad))).toMatchObject(error);
      }
    }
  });

  it('is one of CFunction and linkSymbols too, which know no names', () => {
    const { copy8, free_text } = dlopen(file, {
      copy8: { args: ['cstring'], returns: 'ptr' },
      free_text: { args: ['ptr'] },
    }).symbols;
    const returns = { type: 'cstring', free: free_text };
    const copy = CFunction({ ptr: copy8.ptr, args: ['cstring'], returns });
    expect(copy('text')).toBe('text');
    copy.close();
    const linked = linkSymbols({ copy: { ptr: copy8.ptr, args: ['cstring'], returns } });
    expect(linked.symbols.copy('linked')).toBe('linked');
    linked.close();
    expect([symbols.live_blocks(), symbols.wrong_frees()]).toEqual([0, 0]);
    const named = { ptr: copy8.ptr, args: ['cstring'], returns: { type: 'cstring', free: 'free_text' } };
    expect(thrown(() => CFunction(named))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', symbol: 'CFunction' });
  });

  it('is freed by the thread that made it', async () => {
    expect(symbols.copy_utf8('x')).toBe('x');
    expect(symbols.freed_where_made()).toBe(true);
    expect(await symbols.copy_utf8.async('x')).toBe('x');
    expect(symbols.freed_where_made()).toBe(true);
  });

  it('is freed when it cannot be a string: it is too long', async () => {
    const most = require('node:buffer').constants.MAX_STRING_LENGTH;
    const before = symbols.made_blocks();
    expect(thrown(() => symbols.many(most + 1))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'many' });
    await expect(symbols.many.async(most + 1)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE', symbol: 'many' });
    expect(symbols.made_blocks()).toBe(before + 2);
    expect([symbols.live_blocks(), symbols.wrong_frees()]).toEqual([0, 0]);
  });

  it('is an error, and not freed, where no text can be', async () => {
    expect(thrown(() => symbols.not_text())).toMatchObject({ code: 'ERR_INVALID_POINTER', symbol: 'not_text' });
    await expect(symbols.not_text.async()).rejects.toMatchObject({ code: 'ERR_INVALID_POINTER' });
    expect(symbols.wrong_frees()).toBe(0);
  });

  it('whose function is closed is an error before C is called', async () => {
    const other = dlopen(secondCopy(), { free_text: { args: ['ptr'] } });
    const returns = { type: 'cstring', free: other.symbols.free_text };
    const { copy8 } = dlopen(file, { copy8: { args: ['cstring'], returns } }).symbols;
    other.close();
    const before = symbols.made_blocks();
    expect(thrown(() => copy8('x'.repeat(300_000)))).toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'copy8' });
    await expect(copy8.async('x')).rejects.toMatchObject({ code: 'ERR_LIBRARY_CLOSED', symbol: 'copy8' });
    expect(symbols.made_blocks()).toBe(before);
  });

  it('is freed before its library is unmapped, when the call itself closes that', () => {
    const program = `
      const { dlopen, callback } = require(${JSON.stringify(require.resolve('../index.js'))});
      const library = dlopen(${JSON.stringify(secondCopy())}, {
        copy8: { args: ['cstring'], returns: 'ptr' },
        map_text: { args: [callback(['ptr'], 'ptr'), 'ptr'], returns: { type: 'cstring', free: 'free_text' } },
      });
      const late = () => {
        const { copy8, map_text } = library.symbols;
        return map_text(() => { const text = copy8('late'); library.close(); return text; }, null);
      };
      console.log(late());
      try { late(); } catch (error) { console.log(error.code); }
    `;
    const { status, stdout } = spawnSync(node, [...flags, '-e', program], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, 'late\nERR_LIBRARY_CLOSED\n']);
  });

  it('may be freed by JavaScript, which may call C again', () => {
    const addresses = [];
    const { free_text } = dlopen(file, { free_text: { args: ['ptr'] } }).symbols;
    const free = new JSCallback(
      (address) => {
        addresses.push(address);
        expect(symbols.same_utf16le('nested')).toBe('nested');
        free_text(address);
      },
      { args: ['ptr'] },
    );
    const { copy8 } = dlopen(file, { copy8: { args: ['cstring'], returns: { type: 'cstring', free } } }).symbols;
    expect(copy8('text')).toBe('text');
    expect(errno()).toBe(42);
    expect(addresses).toHaveLength(1);
    expect([symbols.live_blocks(), symbols.wrong_frees()]).toEqual([0, 0]);
    free.close();
  });
});
