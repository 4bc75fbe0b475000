// retain(): buffers that C keeps beyond a call.
import { describe, expect, it } from 'vitest';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fixture } from './fixtures/paths.mjs';
import { arkffi, hold, require, thrown } from './open.mjs';

const { dlopen, leaks, ptr, read, retain, CString } = arkffi;
const { keep, kept_text, address_of } = dlopen(fixture('texts'), {
  keep: { args: ['ptr', 'int'], returns: 'int' },
  kept_text: { returns: 'ptr' },
  address_of: { symbol: 'same', args: ['ptr'], returns: 'ptr' },
}).symbols;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

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
