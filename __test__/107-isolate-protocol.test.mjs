// Whatever C in the helper sends in the name of the helper, and whatever reaches a helper that is no message: an error,
// and the end of the helper, never something else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { fixture } from './fixtures/paths.mjs';
import { node } from './node.mjs';
import { arkffi, require } from './open.mjs';
import { begin, stream } from './soak/frames.mjs';

const { isolate } = arkffi;
const onLinux = describe.runIf(process.platform === 'linux');
const COUNT = process.env.ARKFFI_TEST_SOAK === '1' ? 200 : 12;

const functions = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  write_bytes: { args: ['i32', 'ptr', 'size_t'], returns: 'i32' },
};
const CODES = [undefined, 'ERR_HELPER_CRASHED', 'ERR_CALL_TIMEOUT', 'ERR_CALL_FAILED'];

/** The code of what an action throws. */
function codeOf(action) {
  try {
    action();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(arkffi.FFIError);
    return error.code;
  }
}

const { taken } = require('../lib/isolate/message.js');

it.each([0, 100, 101, 102, 103])('where no message has come (%i), nothing of the last one is read', (kind) => {
  // There is no such channel: to read what it has brought would throw.
  expect(taken(2 ** 31, () => kind)).toMatchObject({ kind, flags: 0, results: [], body: '' });
});

onLinux('a hostile helper', () => {
  const library = isolate(fixture('faults'), functions, { callTimeout: 400, maxRestarts: 1e6, log: 'error' });
  const { symbols } = library;

  it.each([
    ['replies', 4],
    ['events', 6],
  ])(
    '%s that are no messages, or of nothing that was asked',
    async (_, descriptor) => {
      for (let seed = 1; seed <= COUNT; seed++) {
        begin(seed);
        const bytes = stream();
        // So that events are read.
        const pending = symbols.add.async(1, 2).catch((error) => error);
        expect(CODES).toContain(codeOf(() => symbols.write_bytes(descriptor, bytes, bytes.length)));
        const [codes, sums] = [[], []];
        for (let turn = 0; turn < 3; turn++) codes.push(codeOf(() => sums.push(symbols.add(turn, seed))));
        expect(codes.filter((code) => !CODES.includes(code))).toEqual([]);
        const right = [0, 1, 2].filter((turn) => codes[turn] === undefined).map((turn) => turn + seed);
        expect(sums).toEqual(right);
        const settled = await pending;
        if (settled !== 3) expect(CODES).toContain(settled.code);
      }
      let sum;
      for (let turn = 0; sum === undefined && turn < 10; turn++) codeOf(() => (sum = symbols.add(1, 2)));
      expect(sum).toBe(3);
      expect({}.polluted).toBe(undefined);
    },
    120_000 + COUNT * 5000,
  );
});

describe('an answer', () => {
  const { answerOf } = require('../lib/isolate/answers.js');

  it.each([
    ['load', {}, ['0', '4294967295'], ['-1', '4294967296', '0.5', '"1"', 'null', '{}']],
    ['close', {}, ['null'], ['1', '""']],
    ['bind', { functions: [1, 2] }, ['[0,7]'], ['[0]', '[0,1,2]', '[0,"1"]', '7', '{"length":2}']],
    ['callback', {}, ['"4096"'], ['4096', '""', '"-1"', '"0x10"', '"1e3"', '"999999999999999999999"']],
    ['find', {}, ['"18446744073709551615"'], ['null', '"x"']],
    ['text', {}, ['"x"', 'null'], ['7', '["x"]', 'true']],
    ['withdraw', {}, ['true', 'false'], ['1', 'null']],
    ['ping', {}, ['"pong"'], ['"ping"', 'true']],
    ['hello', {}, ['{"major":1,"minor":0}'], ['null', '{}', '{"major":"1","minor":0}', '{"major":1}']],
  ])('to %s is believed only where it could be one', (op, question, right, wrong) => {
    const told = (text) => answerOf(text, { op, ...question });
    expect(right.map(told)).toEqual(right.map((text) => JSON.parse(text)));
    expect([...wrong, '', '{', 'undefined'].map(told).filter((value) => value !== undefined)).toEqual([]);
  });
});

onLinux('a program that is none', () => {
  const entry = require.resolve('../lib/isolate/helper/entry.js');
  /** How a helper ends that gets these bytes, and then nothing more. */
  async function ending(bytes) {
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'];
    const helper = spawn(node, ['--no-warnings', entry, String(process.pid)], { stdio });
    for (const pipe of helper.stdio.slice(3)) pipe.on('error', () => {});
    helper.stdio[3].write(bytes);
    const late = setTimeout(() => helper.kill('SIGABRT'), 60_000);
    const [code, signal] = await once(helper, 'exit');
    clearTimeout(late);
    return signal ?? code;
  }

  it('what is no message ends a helper', async () => {
    expect(await ending(Buffer.alloc(32, 1))).toBe(70);
    expect(await ending(Buffer.alloc(100_000, 0xff))).toBe(70);
  });
});
