// retain(): buffers that C keeps beyond a call.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { collect as collectGarbage } from './collect.mjs';
import { fixture } from './fixtures/paths.mjs';
import { flags, node } from './node.mjs';
import { arkffi, hold, require, thrown } from './open.mjs';

const { dlopen, leaks, ptr, read, retain, CString } = arkffi;
const { keep, kept_text, address_of } = dlopen(fixture('texts'), {
  keep: { args: ['ptr', 'int'], returns: 'int' },
  kept_text: { returns: 'ptr' },
  address_of: { symbol: 'same', args: ['ptr'], returns: 'ptr' },
}).symbols;

/** Lets everything that nobody holds be collected. */
async function collect() {
  for (let round = 0; round < 10; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
}

const of = (address) => leaks().filter(({ kind, ptr: at }) => kind === 'retained view' && at === address);

describe('retain', () => {
  it('keeps a buffer for C, and no longer than until it is released', async () => {
    // A place that holds neither the buffer nor what retain gives.
    const places = [new Uint8Array(5000), new Uint8Array(5000)].map((bytes, index) => {
      bytes.fill(65 + index).set([0], 4999);
      const retained = retain(bytes);
      if (index === 0) keep(retained, 0);
      else retained.release();
      return new WeakRef(bytes.buffer);
    });
    await collect();
    expect(places.map((place) => place.deref() !== undefined)).toEqual([true, false]);
    expect(new CString(kept_text()).toString()).toBe('A'.repeat(4999));
    expect(of(kept_text())).toEqual([{ kind: 'retained view', ptr: kept_text(), size: 5000 }]);
  });

  it('gives the address of the view, and is passed as it', () => {
    const bytes = new Uint8Array(64);
    for (const view of [bytes, bytes.subarray(7), new DataView(bytes.buffer, 3), bytes.buffer, Buffer.from('text')]) {
      const retained = retain(view);
      expect(retained.ptr).toBe(ptr(view));
      expect(address_of(retained)).toBe(retained.ptr);
      expect(of(retained.ptr)).toMatchObject([{ size: view.byteLength }]);
      retained.release();
      expect(of(ptr(view))).toEqual([]);
    }
    const shared = new SharedArrayBuffer(16);
    const retained = retain(shared);
    expect(retained.ptr).toBe(ptr(new Uint8Array(shared)));
    retained.release();
  });

  it('of small arrays too, whose memory engines move', async () => {
    const small = Uint8Array.of(1, 2, 3);
    const retained = retain(small);
    await collect();
    expect(read.u8(retained.ptr, 1)).toBe(2);
    expect(ptr(small)).toBe(retained.ptr);
    retained.release();
  });

  it('ends with release, which may be repeated, or with using', () => {
    const bytes = hold(new Uint8Array(8));
    const retained = retain(bytes);
    const again = retain(bytes);
    retained.release();
    retained.release();
    expect(retained.ptr).toBe(0);
    // Each counts for itself.
    expect(of(ptr(bytes))).toHaveLength(1);
    again[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    expect(of(ptr(bytes))).toEqual([]);
  });

  it('once released is no pointer any more', async () => {
    const retained = retain(new Uint8Array(8));
    retained.release();
    const error = { code: 'ERR_INVALID_POINTER', symbol: 'same', argument: 0 };
    const { same } = dlopen(fixture('texts'), { same: { args: ['ptr'], returns: 'ptr' } }).symbols;
    expect(thrown(() => same(retained))).toMatchObject(error);
    await expect(same.async(retained)).rejects.toMatchObject(error);
    expect(thrown(() => read.i32(retained))).toMatchObject({ code: 'ERR_INVALID_POINTER', symbol: 'read.i32' });
  });

  it('makes a buffer untransferable where the host can', () => {
    const bytes = new Uint8Array(100);
    const retained = retain(bytes);
    try {
      structuredClone(bytes, { transfer: [bytes.buffer] });
    } catch {}
    const probe = new ArrayBuffer(8);
    const canMark = (() => {
      try {
        require('node:worker_threads').markAsUntransferable(probe);
        structuredClone(probe, { transfer: [probe] });
      } catch {}
      try {
        probe.transfer();
      } catch {}
      return probe.byteLength === 8;
    })();
    if (canMark) expect(bytes.byteLength).toBe(100);
    retained.release();
  });

  it('takes an empty buffer, as NULL', () => {
    const retained = retain(new Uint8Array(0));
    expect(retained.ptr).toBe(0);
    expect(address_of(retained)).toBe(0);
    retained.release();
  });

  it('refuses what is no buffer, a detached one, and one that can become smaller', () => {
    const gone = new ArrayBuffer(8);
    structuredClone(gone, { transfer: [gone] });
    const error = { class: 'FFITypeError', symbol: 'retain', argument: 0 };
    for (const bad of [undefined, null, 1, 1n, 'text', {}, [], () => {}]) {
      expect(thrown(() => retain(bad))).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_TYPE' });
    }
    for (const bad of [gone, new ArrayBuffer(8, { maxByteLength: 16 })]) {
      if (bad.byteLength > 0 && !bad.resizable) continue;
      expect(thrown(() => retain(bad))).toMatchObject({ ...error, code: 'ERR_INVALID_ARG_VALUE' });
    }
  });
});

const prelude = `
  const { alloc, dlopen, leaks, read, reinterpret, releasePtr, retain, stats, Arena, Struct } = require(${JSON.stringify(require.resolve('../index.js'))});
  const Pair = Struct({ quot: 'int', rem: 'int' });
  const { div } = dlopen(null, { div: { args: ['int', 'int'], returns: Pair } }).symbols;
  const gate = dlopen(${JSON.stringify(fixture('callbacks'))}, {
    wait_with_bytes: { args: ['ptr', 'string', 'int'], returns: 'int' }, gate_waiters: { returns: 'int' }, open_gate: {},
  }).symbols;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const collect = async () => { for (let round = 0; round < 8; round++) { gc(); await turn(); } };
  const spray = (size) => Array.from({ length: 400 }, () => { const m = alloc(size); m.setBytes(new Uint8Array(size).fill(9)); return m; });
  // What C reads after the user has let go of all.
  const read_later = async (pointer, count, let_go) => {
    const sum = gate.wait_with_bytes.async(pointer, '', count);
    while (gate.gate_waiters() === 0) await turn();
    await let_go();
    gate.open_gate();
    return await sum;
  };
`;

function run(program, env = {}) {
  const source = `${prelude}(async () => {${program}})()`;
  const options = { encoding: 'utf8', timeout: 100_000, env: { ...process.env, ...env } };
  const { status, signal, stdout, stderr } = spawnSync(node, [...flags, '--expose-gc', '-e', source], options);
  return status === 0 ? { stdout: stdout.trim(), stderr } : `status ${status}, signal ${signal}: ${stderr.slice(-600)}`;
}

describe('what a retained view is on', () => {
  it.each([
    ['alloc', 'const m = alloc(32); const end = () => m.free();'],
    ['an arena', 'const a = new Arena(); const m = a.alloc(32); const end = () => a.end();'],
  ])('is there until it is released, when it is memory of %s that is freed', (_name, make) => {
    const { stdout } = run(`${make}
      m.setBytes(new Uint8Array(32).fill(1));
      const whole = retain(m.view()), part = retain(m.view(8, 8));
      end();
      const others = spray(32);
      console.log(m.freed, read.u8(whole.ptr), read.u8(part.ptr, 7), others.some(({ ptr }) => ptr === whole.ptr));
      whole.release();
      whole.release();
      const more = spray(32);
      console.log(read.u8(part.ptr), stats().retainedViews);
      part.release();
      console.log(stats().retainedViews);`);
    expect(stdout).toBe('true 1 1 false\n1 1\n0');
  });

  it('does not hinder memory to be freed after the release', () => {
    const { stdout } = run(
      `const m = alloc(32); const r = retain(m.view()); r.release(); m.free(); console.log(m.freed, stats().memory.blocks);`,
    );
    expect(stdout).toBe('true 0');
  });

  it('stays for an asynchronous call that it is released in', () => {
    const { stdout } = run(`
      let bytes = new Uint8Array(1 << 22).fill(1);
      const big = retain(bytes);
      bytes = undefined;
      console.log(await read_later(big, 100, async () => {
        big.release();
        await collect();
        globalThis.more = Array.from({ length: 8 }, () => new Uint8Array(1 << 22).fill(9));
      }));
      const m = alloc(32);
      m.setBytes(new Uint8Array(32).fill(1));
      const small = retain(m.view());
      console.log(await read_later(small, 32, () => { m.free(); small.release(); globalThis.others = spray(32); }));`);
    expect(stdout).toBe('100\n32');
  });

  it('is held by calls also where it is a struct that a function returned', () => {
    const { stdout } = run(`
      for (const way of [(m) => m, (m) => m.slice(0), (m) => m.reinterpret('int')]) {
        const pointer = div(0x01010101, 0x01010102);
        const given = way(reinterpret(pointer, Pair));
        console.log(await read_later(given, 8, async () => {
          releasePtr(pointer);
          await collect();
          globalThis.more = Array.from({ length: 5000 }, () => new Uint8Array(new ArrayBuffer(8)).fill(9));
        }));
      }`);
    expect(stdout).toBe('4\n4\n4');
  });

  it('is counted, traced, and told at the end', () => {
    const program =
      'const all = [1, 2].map(() => retain(new Uint8Array(8))); retain(new Uint8Array(8)).release(); console.log(stats().retainedViews);';
    const { stdout, stderr } = run(program, { ARKFFI_TRACE: 'memory', ARKFFI_TRACK: '1' });
    expect(stdout).toBe('2');
    expect(stderr.match(/^.*retain\(.*$/gm)).toHaveLength(3);
    expect(stderr.match(/^.*RetainedView\.release\(0x[0-9a-f]+\)/gm)).toHaveLength(1);
    expect(stderr).toContain('arkffi: 2 retained views (16 bytes) never released');
  });
});
