// Callbacks of real libraries: libc, pthreads, sqlite3.
import { describe, expect, it } from 'vitest';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { arkffi, thrown } from './open.mjs';

const { array, callback, dlopen, opaque, out, pointer, ptr, read, stats, CString, JSCallback, Struct } = arkffi;

const compare = callback(['ptr', 'ptr'], 'int');
const isLinux = process.platform === 'linux';

describe('libc', () => {
  const { qsort, bsearch } = dlopen(null, {
    qsort: { args: ['buffer', 'size_t', 'size_t', compare] },
    bsearch: { args: ['buffer', 'buffer', 'size_t', 'size_t', compare], returns: 'ptr' },
  }).symbols;
  const numbers = Int32Array.from({ length: 2000 }, (_, index) => (index * 7919) % 2003);
  const ascending = (a, b) => read.i32(a) - read.i32(b);

  it('qsort sorts numbers with a comparator, and leaves no callback open', () => {
    const before = stats().callbacks.open;
    const values = numbers.slice();
    qsort(values, values.length, 4, ascending);
    expect([...values]).toEqual([...numbers].sort((a, b) => a - b));
    qsort(values, values.length, 4, (a, b) => ascending(b, a));
    expect([...values]).toEqual([...numbers].sort((a, b) => b - a));
    expect(stats().callbacks.open).toBe(before);
  });

  it('qsort sorts with a comparator whose types say what it gets', () => {
    const typed = dlopen(null, {
      qsort: { args: ['buffer', 'size_t', 'size_t', callback([pointer('double'), pointer('double')], 'int')] },
    }).symbols.qsort;
    const values = Float64Array.of(2.5, -1, Infinity, 0.1, -Infinity);
    typed(values, values.length, 8, (a, b) => Math.sign(read.f64(a) - read.f64(b)) || 0);
    expect([...values]).toEqual([-Infinity, -1, 0.1, 2.5, Infinity]);
  });

  it('qsort sorts structs and strings by their members', () => {
    const Person = Struct({ name: 'cstring', age: 'int' });
    const people = ['Zoë', 'Änne', 'Bob'].map((name, index) => ({ name, age: 30 - index }));
    const buffers = people.map((person) => Person.create(person));
    const all = new Uint8Array(Person.size * 3);
    buffers.forEach((buffer, index) => all.set(new Uint8Array(buffer), index * Person.size));
    const nameAt = (at) => new CString(Person.fromPtr(at).name).toString();
    qsort(all, 3, Person.size, (a, b) => nameAt(a).localeCompare(nameAt(b), 'en'));
    const names = [0, 1, 2].map((index) => nameAt(ptr(all, index * Person.size)));
    expect(names).toEqual(['Änne', 'Bob', 'Zoë']);
    expect(buffers).toHaveLength(3);
  });

  it('bsearch finds a number, or NULL', () => {
    const values = numbers.slice().sort();
    for (const index of [0, 1, 999, 1999]) {
      const found = bsearch(values.slice(index, index + 1), values, values.length, 4, ascending);
      expect((found - ptr(values)) / 4).toBe(index);
    }
    expect(bsearch(Int32Array.of(-5), values, values.length, 4, ascending)).toBe(0);
  });

  it('qsort passes on what a comparator throws, and goes on with zeros', () => {
    const mine = new Error('mine');
    let calls = 0;
    const failing = () => {
      if (++calls === 10) throw mine;
      return 0;
    };
    let error;
    try {
      qsort(numbers.slice(), numbers.length, 4, failing);
    } catch (thrownError) {
      error = thrownError;
    }
    expect([error, calls]).toEqual([mine, 10]);
    const wrong = thrown(() => qsort(numbers.slice(), numbers.length, 4, () => 0.5));
    expect(wrong).toMatchObject({ class: 'FFIRangeError', code: 'ERR_OUT_OF_RANGE', symbol: 'callback' });
  });

  it('qsort sorts within a comparator, and on the pool', async () => {
    const inner = Int32Array.of(3, 1, 2);
    const values = numbers.slice(0, 20);
    qsort(values, values.length, 4, (a, b) => {
      inner.reverse();
      qsort(inner, 3, 4, ascending);
      return inner[0] === 1 ? ascending(a, b) : 0;
    });
    expect([...values]).toEqual([...numbers.slice(0, 20)].sort((a, b) => a - b));
    const later = numbers.slice(0, 200);
    await qsort.async(later, later.length, 4, ascending);
    expect([...later]).toEqual([...numbers.slice(0, 200)].sort((a, b) => a - b));
  });
});

describe.skipIf(!isLinux)('libc of Linux', () => {
  /** A folder of some files, for as long as the action lasts. */
  const inFolder = async (action) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-'));
    try {
      mkdirSync(path.join(folder, 'sub'));
      for (const name of ['b.txt', 'a.txt', 'ü.txt', 'c.md', 'sub/d.txt']) writeFileSync(path.join(folder, name), name);
      await action(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('scandir calls a filter and an order', () =>
    inFolder((folder) => {
      const Dirent = Struct({ ino: 'u64', offset: 'i64', length: 'u16', type: 'u8', name: array('char', 256) });
      const { scandir, free } = dlopen(null, {
        scandir: {
          args: ['cstring', out('ptr'), callback(['ptr'], 'int'), callback(['ptr', 'ptr'], 'int')],
          returns: 'int',
        },
        free: { args: ['ptr'] },
      }).symbols;
      const nameAt = (entry) => new CString(entry, Dirent.fieldOffsets[4]).toString();
      const byName = (a, b) => (nameAt(read.ptr(a)) < nameAt(read.ptr(b)) ? 1 : -1);
      const list = [0];
      const count = scandir(folder, list, (entry) => Number(nameAt(entry).endsWith('.txt')), byName);
      const entries = Array.from({ length: count }, (_, index) => read.ptr(list[0], index * 8));
      expect(entries.map(nameAt)).toEqual(['ü.txt', 'b.txt', 'a.txt']);
      for (const address of [...entries, list[0]]) free(address);
    }));

  it('nftw walks a folder, and stops when it is told so or an error is thrown', () =>
    inFolder(async (folder) => {
      const visit = callback(['cstring', 'ptr', 'int', 'ptr'], 'int');
      const { nftw } = dlopen(null, { nftw: { args: ['cstring', visit, 'int', 'int'], returns: 'int' } }).symbols;
      const seen = [];
      const walk = (name) => (seen.push(path.relative(folder, name)), 0);
      expect(nftw(folder, walk, 8, 0)).toBe(0);
      expect(seen.sort()).toEqual(['', 'a.txt', 'b.txt', 'c.md', 'sub', 'sub/d.txt', 'ü.txt']);
      expect(await nftw.async(folder, walk, 8, 0)).toBe(0);
      expect(seen).toHaveLength(14);
      let visits = 0;
      expect(nftw(folder, () => (++visits === 3 ? 42 : 0), 8, 0)).toBe(42);
      expect(visits).toBe(3);
      const mine = new Error('mine');
      await expect(nftw.async(folder, () => Promise.reject(mine), 8, 0)).rejects.toBe(mine);
    }));
});

describe.skipIf(!isLinux)('pthreads', () => {
  const { pthread_create, pthread_join } = dlopen(null, {
    pthread_create: { args: [out('ulong'), 'ptr', callback(['ptr'], 'ptr'), 'ptr'], returns: 'int' },
    pthread_join: { args: ['ulong', out('ptr')], returns: 'int' },
  }).symbols;

  it('run JavaScript functions, whose results pthread_join gives', async () => {
    const seen = [];
    const start = new JSCallback((data) => (seen.push(data), 2 * data), { args: ['ptr'], returns: 'ptr' });
    const threads = [70_000, 80_000, 90_000].map((data) => {
      const id = [0];
      expect(pthread_create(id, null, start, data)).toBe(0);
      return id[0];
    });
    const results = threads.map(() => [0]);
    const joined = threads.map((id, index) => pthread_join.async(id, results[index]));
    expect(await Promise.all(joined)).toEqual([0, 0, 0]);
    expect(results.flat()).toEqual([140_000, 160_000, 180_000]);
    expect(seen.sort()).toEqual([70_000, 80_000, 90_000]);
    start.close();
  });

  it('may wait for a promise of their function', async () => {
    const start = new JSCallback(async (data) => data + 5, { args: ['ptr'], returns: 'ptr' });
    const [id, result] = [[0], [0]];
    pthread_create(id, null, start, 70_000);
    await pthread_join.async(id[0], result);
    expect(result).toEqual([70_005]);
    start.close();
  });

  it('joined on the JavaScript thread are a deadlock that is an error', () => {
    const start = new JSCallback((data) => data, { args: ['ptr'], returns: 'ptr', timeout: 20, onError: 90_000 });
    const [id, result] = [[0], [0]];
    pthread_create(id, null, start, 70_000);
    const error = thrown(() => pthread_join(id[0], result));
    expect(error).toMatchObject({ class: 'FFIError', code: 'ERR_CALLBACK_DEADLOCK', symbol: 'pthread_join' });
    start.close();
  });
});

const Database = opaque('sqlite3');
const Context = opaque('sqlite3_context');
const Value = opaque('sqlite3_value');
const row = callback(['ptr', 'int', 'ptr', 'ptr'], 'int');

function openSqlite() {
  try {
    return dlopen({ darwin: 'libsqlite3.dylib' }[process.platform] ?? 'libsqlite3.so.0', {
      sqlite3_open: { args: ['cstring', out(Database)], returns: 'int' },
      sqlite3_close: { args: [Database], returns: 'int' },
      sqlite3_errmsg: { args: [Database], returns: 'cstring' },
      sqlite3_exec: { args: [Database, 'cstring', row, 'ptr', out('ptr')], returns: 'int' },
      sqlite3_free: { args: ['ptr'] },
      sqlite3_create_function: {
        args: [Database, 'cstring', 'int', 'int', 'ptr', 'function', 'ptr', 'ptr'],
        returns: 'int',
      },
      sqlite3_create_collation: {
        args: [Database, 'cstring', 'int', 'ptr', callback(['ptr', 'int', 'ptr', 'int', 'ptr'], 'int')],
        returns: 'int',
      },
      sqlite3_busy_handler: { args: [Database, 'function', 'ptr'], returns: 'int' },
      sqlite3_value_text: { args: [Value], returns: 'cstring' },
      sqlite3_value_double: { args: [Value], returns: 'double' },
      sqlite3_result_text: { args: [Context, 'cstring', 'int', 'ptr'] },
      sqlite3_result_double: { args: [Context, 'double'] },
      sqlite3_result_error: { args: [Context, 'cstring', 'int'] },
    }).symbols;
  } catch (error) {
    if (error.code !== 'ERR_DLOPEN_FAILED') throw error;
    return undefined;
  }
}
const sqlite = openSqlite();

describe.skipIf(!sqlite)(sqlite ? 'sqlite3' : 'sqlite3 (skipped: there is no libsqlite3 here)', () => {
  const [OK, ABORT, BUSY, UTF8, TRANSIENT] = [0, 4, 5, 1, 2n ** 64n - 1n];
  const withDatabase = async (action, name = ':memory:') => {
    const slot = [null];
    expect(sqlite.sqlite3_open(name, slot)).toBe(OK);
    try {
      return await action(slot[0]);
    } finally {
      expect(sqlite.sqlite3_close(slot[0])).toBe(OK);
    }
  };
  const texts = (at, count) =>
    Array.from({ length: count }, (_, index) => {
      const text = read.ptr(at, index * 8);
      return text === 0 ? null : new CString(text).toString();
    });
  const exec = (db, sql, each = null) => {
    const message = [0];
    const status = sqlite.sqlite3_exec(db, sql, each, null, message);
    const text = message[0] === 0 ? undefined : new CString(message[0]).toString();
    sqlite.sqlite3_free(message[0]);
    return { status, text };
  };
  const FILL = "create table t (name text, n real); insert into t values ('Zoë', 1.5), ('bob', null), ('Änne', -2)";

  it('gives each row to a function, which may stop it', () =>
    withDatabase((db) => {
      expect(exec(db, FILL)).toEqual({ status: OK, text: undefined });
      const rows = [];
      const each = (_, count, values, names) => (rows.push([texts(names, count), texts(values, count)]), 0);
      expect(exec(db, 'select name, n from t', each).status).toBe(OK);
      const names = ['name', 'n'];
      expect(rows).toEqual(
        [
          ['Zoë', '1.5'],
          ['bob', null],
          ['Änne', '-2.0'],
        ].map((values) => [names, values]),
      );
      let count = 0;
      expect(exec(db, 'select 1 union select 2', () => ++count)).toMatchObject({ status: ABORT });
      expect(count).toBe(1);
      expect(exec(db, 'selekt').text).toContain('syntax error');
    }));

  it('passes on an error of the row function, and works on afterwards', () =>
    withDatabase(async (db) => {
      exec(db, FILL);
      const mine = new Error('mine');
      const failing = () => {
        throw mine;
      };
      const select = 'select * from t';
      expect(() => exec(db, select, failing)).toThrow(mine);
      await expect(sqlite.sqlite3_exec.async(db, select, failing, null, [0])).rejects.toBe(mine);
      let rows = 0;
      expect(await sqlite.sqlite3_exec.async(db, select, async () => (rows++, 0), null, [0])).toBe(OK);
      expect(rows).toBe(3);
    }));

  it('has SQL functions and collations that are written in JavaScript', () =>
    withDatabase((db) => {
      exec(db, FILL);
      const argument = (values, index) => Value.at(read.ptr(values, index * 8));
      const repeat = new JSCallback(
        (context, _, values) => {
          const [text, times] = [
            sqlite.sqlite3_value_text(argument(values, 0)),
            sqlite.sqlite3_value_double(argument(values, 1)),
          ];
          if (times < 0) sqlite.sqlite3_result_error(context, `never ${times} times`, -1);
          else sqlite.sqlite3_result_text(context, text.repeat(times), -1, TRANSIENT);
        },
        { args: [Context, 'int', 'ptr'] },
      );
      expect(sqlite.sqlite3_create_function(db, 'repeat', 2, UTF8, null, repeat, null, null)).toBe(OK);
      const seen = [];
      const each = (_, count, values) => (seen.push(...texts(values, count)), 0);
      expect(exec(db, "select repeat(name, 2), repeat('ä', 3) from t where n > 0", each).status).toBe(OK);
      expect(seen).toEqual(['ZoëZoë', 'äää']);
      expect(exec(db, "select repeat('x', -1)").text).toBe('never -1 times');

      const decode = (at, length) => new CString(at, 0, length).toString();
      const local = new JSCallback(
        (_, length, at, otherLength, other) => decode(at, length).localeCompare(decode(other, otherLength), 'en'),
        { args: ['ptr', 'int', 'ptr', 'int', 'ptr'], returns: 'int' },
      );
      expect(sqlite.sqlite3_create_collation(db, 'local', UTF8, null, local)).toBe(OK);
      seen.length = 0;
      expect(exec(db, 'select name from t order by name collate local', each).status).toBe(OK);
      expect(seen).toEqual(['Änne', 'bob', 'Zoë']);

      const failing = new JSCallback(() => JSON.parse('no JSON'), { args: [Context, 'int', 'ptr'] });
      sqlite.sqlite3_create_function(db, 'failing', 0, UTF8, null, failing, null, null);
      expect(() => exec(db, 'select failing()')).toThrow(SyntaxError);
      repeat.close();
      expect(exec(db, "select repeat('x', 2)", each).status).toBe(OK);
      expect(seen.at(-1)).toBe(null);
      for (const cb of [local, failing]) cb.close();
    }));

  it('asks a busy handler whether to go on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-'));
    const name = path.join(folder, 'ü.db');
    try {
      await withDatabase(async (db) => {
        exec(db, FILL);
        await withDatabase(async (other) => {
          expect(exec(other, 'begin exclusive').status).toBe(OK);
          const tries = [];
          const busy = (fn) => new JSCallback(fn, { args: ['ptr', 'int'], returns: 'int' });
          const handler = busy((_, count) => (tries.push(count), Number(count < 3)));
          expect(sqlite.sqlite3_busy_handler(db, handler, null)).toBe(OK);
          expect(exec(db, 'insert into t values (1, 1)').status).toBe(BUSY);
          expect(tries).toEqual([0, 1, 2, 3]);
          // The handler itself ends what it waits for.
          const patient = busy(() => Number(exec(other, 'commit').status === OK));
          expect(sqlite.sqlite3_busy_handler(db, patient, null)).toBe(OK);
          expect(exec(db, 'insert into t values (1, 1)').status).toBe(OK);
          expect(sqlite.sqlite3_busy_handler(db, null, null)).toBe(OK);
          handler.close();
          patient.close();
        }, name);
      }, name);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
