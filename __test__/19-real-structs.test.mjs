// Structs of real libraries.
import { describe, expect, it } from 'vitest';
import { statfsSync } from 'node:fs';
import os from 'node:os';
import { arkffi } from './open.mjs';

const { dlopen, Struct, Union, CString, array, out, pointer, ptr } = arkffi;
const isLinux = process.platform === 'linux';

const Div = Struct({ quot: 'int', rem: 'int' });
const LongDiv = Struct({ quot: 'long', rem: 'long' });
const Tm = Struct({
  tm_sec: 'int',
  tm_min: 'int',
  tm_hour: 'int',
  tm_mday: 'int',
  tm_mon: 'int',
  tm_year: 'int',
  tm_wday: 'int',
  tm_yday: 'int',
  tm_isdst: 'int',
  tm_gmtoff: { type: 'long', default: 0 },
  tm_zone: { type: 'const char*', default: null },
});

describe.runIf(isLinux)('the C library', () => {
  it('divides: div and ldiv return structs', () => {
    const c = dlopen(null, {
      div: { args: ['int', 'int'], returns: Div.object },
      ldiv: { args: ['long', 'long'], returns: LongDiv.object },
      divPointer: { symbol: 'div', args: ['int', 'int'], returns: Div },
    }).symbols;
    expect(c.div(-17, 5)).toEqual({ quot: -3, rem: -2 });
    expect(c.ldiv(2n ** 62n + 1n, 2)).toEqual({ quot: 2n ** 61n, rem: 1 });
    const address = c.divPointer(17, 5);
    expect(Div.fromPtr(address)).toEqual({ quot: 3, rem: 2 });
    arkffi.releasePtr(address);
  });

  it('tells the time: gmtime_r, strftime and timegm', () => {
    const c = dlopen(null, {
      gmtime_r: { args: [pointer('i64'), out(Tm)], returns: 'ptr' },
      strftime: { args: ['buffer', 'size_t', 'cstring', pointer(Tm)], returns: 'size_t' },
      timegm: { args: [pointer(Tm)], returns: 'i64' },
    }).symbols;
    expect(Tm.size).toBe(56);
    for (const seconds of [0, 1_700_000_000, -86_401, 4_102_444_800]) {
      const tm = {};
      expect(c.gmtime_r([seconds], tm)).not.toBe(0);
      const date = new Date(seconds * 1000);
      expect(tm).toMatchObject({
        tm_sec: date.getUTCSeconds(),
        tm_hour: date.getUTCHours(),
        tm_mday: date.getUTCDate(),
        tm_year: date.getUTCFullYear() - 1900,
        tm_wday: date.getUTCDay(),
        tm_gmtoff: 0,
      });
      expect(new CString(tm.tm_zone).toString()).toMatch(/GMT|UTC/);
      const text = Buffer.alloc(64);
      const length = c.strftime(text, text.length, '%Y-%m-%dT%H:%M:%S.000Z', tm);
      expect(text.toString('utf8', 0, Number(length))).toBe(date.toISOString());
      expect(c.timegm(Tm.create(tm))).toBe(seconds);
      const { tm_gmtoff, tm_zone, ...rest } = tm;
      expect(c.timegm(rest)).toBe(seconds);
    }
  });

  it('tells what system this is: uname', () => {
    const Utsname = Struct(
      Object.fromEntries(
        ['sysname', 'nodename', 'release', 'version', 'machine', 'domainname'].map((name) => [name, array('char', 65)]),
      ),
    );
    const { uname } = dlopen(null, { uname: { args: [out(Utsname)], returns: 'int' } }).symbols;
    const names = {};
    expect(uname(names)).toBe(0);
    expect(names).toMatchObject({ sysname: os.type(), nodename: os.hostname(), release: os.release() });
    const view = Utsname.view(Utsname.create());
    expect(uname(view)).toBe(0);
    expect(view.toJSON()).toEqual(names);
  });

  it('tells how large a file system is: statvfs', () => {
    const names = ['blocks', 'bfree', 'bavail', 'files', 'ffree', 'favail'];
    const Statvfs = Struct({
      f_bsize: 'ulong',
      f_frsize: 'ulong',
      ...Object.fromEntries(names.map((name) => [`f_${name}`, 'u64'])),
      f_fsid: 'ulong',
      f_flag: 'ulong',
      f_namemax: 'ulong',
      f_spare: array('int', 6),
    });
    expect(Statvfs.size).toBe(112);
    const { statvfs } = dlopen(null, { statvfs: { args: ['cstring', out(Statvfs)], returns: 'int' } }).symbols;
    const stat = {};
    expect(statvfs('/', stat)).toBe(0);
    const { bsize, blocks, files } = statfsSync('/');
    expect(stat).toMatchObject({ f_bsize: bsize, f_blocks: blocks, f_files: files });
    expect(statvfs('/no/such/file', stat)).toBe(-1);
  });

  it('looks up names: the linked list of getaddrinfo', () => {
    const SockAddrIn = Struct({ family: 'u16', port: array('u8', 2), addr: array('u8', 4), zero: array('u8', 8) });
    const SockAddr = Union({ family: 'u16', v4: SockAddrIn, bytes: array('u8', 28) });
    const AddrInfo = Struct({
      flags: { type: 'int', default: 0 },
      family: { type: 'int', default: 0 },
      socktype: { type: 'int', default: 0 },
      protocol: { type: 'int', default: 0 },
      addrlen: { type: 'u32', default: 0 },
      addr: { type: pointer(SockAddr), default: null },
      canonname: { type: 'cstring', default: null },
      next: { type: pointer(() => AddrInfo), default: null },
    });
    expect(AddrInfo.size).toBe(48);
    const c = dlopen(null, {
      getaddrinfo: { args: ['cstring', 'cstring', pointer(AddrInfo), out(pointer(AddrInfo))], returns: 'int' },
      freeaddrinfo: { args: ['ptr'] },
    }).symbols;
    const first = [null];
    const AF_INET = 2;
    expect(c.getaddrinfo('localhost', '8080', { family: AF_INET }, first)).toBe(0);
    const found = [];
    for (let at = first[0]; at !== 0; at = AddrInfo.fromPtr(at).next) {
      const { family, socktype, addr, addrlen } = AddrInfo.fromPtr(at);
      expect([family, addrlen, SockAddr.get(addr, 'family')]).toEqual([AF_INET, 16, AF_INET]);
      found.push(socktype);
      const { port, addr: octets } = SockAddrIn.view(addr);
      expect([...octets, 256 * port[0] + port[1]]).toEqual([127, 0, 0, 1, 8080]);
    }
    expect(found.length).toBeGreaterThan(1);
    c.freeaddrinfo(first[0]);
  });
});

const zlibName = { darwin: 'libz.dylib', win32: 'zlib1.dll' }[process.platform] ?? 'libz.so.1';
const ZStream = Struct({
  next_in: 'ptr',
  avail_in: 'uint',
  total_in: 'ulong',
  next_out: 'ptr',
  avail_out: 'uint',
  total_out: 'ulong',
  msg: 'cstring',
  state: 'ptr',
  zalloc: 'function',
  zfree: 'function',
  opaque: 'ptr',
  data_type: 'int',
  adler: 'ulong',
  reserved: 'ulong',
});
const [Z_NO_FLUSH, Z_FINISH, Z_OK, Z_STREAM_END] = [0, 4, 0, 1];

/** Node's own zlib where it shows its functions: those of a library would call some of these instead of theirs. */
function openZlib() {
  const work = { args: [pointer(ZStream), 'int'], returns: 'int' };
  const end = { args: [pointer(ZStream)], returns: 'int' };
  for (const name of [null, zlibName]) {
    try {
      return dlopen(name, {
        zlibVersion: { returns: 'cstring' },
        deflateInit_: { args: [pointer(ZStream), 'int', 'cstring', 'int'], returns: 'int' },
        inflateInit_: { args: [pointer(ZStream), 'cstring', 'int'], returns: 'int' },
        deflate: work,
        inflate: work,
        deflateEnd: end,
        inflateEnd: end,
      }).symbols;
    } catch {}
  }
  return undefined;
}
const z = openZlib();

/** Runs input through a stream, by pieces of these sizes; `step` is deflate or inflate. */
function pump(stream, step, input, inSize, outSize) {
  const view = ZStream.view(stream);
  const parts = [];
  for (let at = 0, status = Z_OK; status !== Z_STREAM_END;) {
    if (view.avail_in === 0 && at < input.length) {
      view.next_in = input.subarray(at);
      view.avail_in = Math.min(inSize, input.length - at);
      at += view.avail_in;
    }
    const part = new Uint8Array(outSize);
    view.next_out = part;
    view.avail_out = outSize;
    status = step(stream, at < input.length ? Z_NO_FLUSH : Z_FINISH);
    parts.push(part.subarray(0, outSize - view.avail_out));
    if (status < 0 && view.avail_out === outSize) throw new Error(`zlib: ${status} ${new CString(view.msg)}`);
  }
  expect([view.total_in, view.total_out]).toEqual([input.length, parts.reduce((sum, part) => sum + part.length, 0)]);
  return Buffer.concat(parts);
}

describe.runIf(z)(z ? 'zlib' : `zlib (not run: ${zlibName} is not installed)`, () => {
  it('takes 10 MB through deflate and back through inflate, in a z_stream in place', () => {
    expect(ZStream.size).toBe(112);
    const input = new Uint8Array(10_000_000);
    let state = 1;
    for (let at = 0; at < input.length; at++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      input[at] = at % 1000 < 700 ? at >> 8 : state >>> 24;
    }
    const deflating = ZStream.create();
    expect(z.deflateInit_(deflating, 6, z.zlibVersion(), ZStream.size)).toBe(Z_OK);
    const packed = pump(deflating, z.deflate, input, 1_000_000, 65_536);
    expect(z.deflateEnd(deflating)).toBe(Z_OK);
    expect(packed.length).toBeLessThan(input.length / 2);

    const inflating = ZStream.create({ next_in: packed });
    expect(ZStream.get(inflating, 'next_in')).toBe(ptr(packed));
    expect(z.inflateInit_(inflating, z.zlibVersion(), ZStream.size)).toBe(Z_OK);
    const unpacked = pump(inflating, z.inflate, packed, 10_001, 300_000);
    expect(z.inflateEnd(inflating)).toBe(Z_OK);
    expect(Buffer.compare(unpacked, input)).toBe(0);
  });

  it('tells of a wrong stream by its msg', () => {
    const stream = ZStream.create();
    z.inflateInit_(stream, z.zlibVersion(), ZStream.size);
    expect(() => pump(stream, z.inflate, Buffer.from('no zlib data'), 100, 100)).toThrow('incorrect header check');
    z.inflateEnd(stream);
  });
});
