// Many calls, crashes and helpers, after which nothing is left.
//   node --expose-gc __test__/soak/run.mjs <library> [--quick] [--only <part>]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { children, descriptors, resident, runs, threads, until } from './processes.mjs';

const { JSCallback, callback, isolate } = createRequire(import.meta.url)('../../index.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const [library] = positionals;
const { quick } = values;

const functions = {
  add: { args: ['i32', 'i32'], returns: 'i32' },
  nothing: {},
  call_abort: {},
  write_at: { args: ['usize'] },
  call_exit: { args: ['i32'] },
  never_return: {},
  sleep_milliseconds: { args: ['i32'] },
  call_pointer: { symbol: 'call_back', args: ['function', 'i32'], returns: 'i32' },
  call_back_often: { args: [callback(['i32'], 'i32'), 'i32'], returns: 'i32' },
  sum_bytes: { args: ['ptr', 'size_t'], returns: 'u64' },
  increment: { args: ['ptr', 'size_t'] },
};
const open = (options) => isolate(library, functions, options);

const parts = {
  async 'concurrent asynchronous calls'() {
    await using(open(), async ({ symbols: { add } }) => {
      for (let round = 0; round < (quick ? 3 : 50); round++) {
        const sums = await Promise.all(Array.from({ length: 200 }, (_, index) => add.async(index, round)));
        sums.forEach((sum, index) => assert.equal(sum, index + round));
      }
    });
  },

  async 'bursts of calls'() {
    await using(open(), async ({ symbols: { add } }) => {
      for (let round = 0; round < (quick ? 1 : 10); round++) {
        for (let index = 0; index < (quick ? 20_000 : 100_000); index++) assert.equal(add(index, round), index + round);
      }
    });
  },

  async 'bursts of asynchronous calls'() {
    await using(open(), async ({ symbols: { add } }) => {
      const count = quick ? 5000 : 100_000;
      const sums = await Promise.all(Array.from({ length: count }, (_, index) => add.async(index, 1)));
      sums.forEach((sum, index) => assert.equal(sum, index + 1));
    });
  },

  async callbacks() {
    await using(open(), async ({ symbols: { call_back_often } }) => {
      for (let round = 0; round < (quick ? 2 : 50); round++) {
        let calls = 0;
        assert.equal(
          call_back_often((value) => (calls++, value), 1000),
          (999 * 1000) / 2,
        );
        assert.equal(calls, 1000);
      }
    });
  },

  async 'callbacks opened and closed'() {
    if (quick) return;
    await using(open(), async (opened) => {
      const { pid } = opened.status();
      const churn = (count) => {
        for (let index = 0; index < count; index++) {
          const one = new JSCallback((value) => value + index, { args: ['i32'], returns: 'i32', onError: -1 });
          assert.equal(opened.symbols.call_pointer(one, 1), index + 1);
          one.close();
        }
      };
      churn(20_000);
      const before = resident(pid);
      churn(40_000);
      // Pointers of closed ones still answer; what else there was of one took 1500 bytes.
      const grown = resident(pid) - before;
      console.log(`the helper has grown by ${(grown / 2 ** 20).toFixed(1)} MiB`);
      assert.ok(grown < 32 * 2 ** 20, `resident memory of the helper has grown by ${grown} bytes`);
    });
  },

  async 'more events than the pipe has room for'() {
    await using(open(), async ({ symbols: { add, call_back_often } }) => {
      const many = () => Array.from({ length: 3000 }, (_, index) => add.async(index, 1));
      const one = () => call_back_often.async((value) => add(value, 1), 2);
      const calls = [...many(), ...Array.from({ length: 20 }, one), ...many()];
      // Meanwhile nobody reads them.
      for (const end = Date.now() + 300; Date.now() < end;) add(1, 2);
      const results = await Promise.all(calls);
      results.forEach((result, index) => {
        const expected = index < 3000 ? index + 1 : index < 3020 ? 3 : index - 3019;
        assert.equal(result, expected);
      });
    });
  },

  async 'buffers of all sizes'() {
    await using(open(), async ({ symbols: { increment, sum_bytes } }) => {
      for (const size of [1, 7, 4095, 4096, 65_537, 1 << 20, ...(quick ? [] : [10_000_000, 100_000_000])]) {
        const bytes = new Uint8Array(size).fill(1);
        for (let turn = 0; turn < 3; turn++) increment(bytes, size);
        assert.equal(sum_bytes(bytes, size), 4 * size);
        assert.ok(bytes.every((byte) => byte === 4));
      }
    });
  },

  async 'crashes and restarts'() {
    const count = quick ? 6 : 100;
    await using(open({ maxRestarts: 2 * count + 10, log: 'error' }), async (opened) => {
      const { symbols } = opened;
      const crash = (index) => {
        const attempts = [() => symbols.call_abort(), () => symbols.write_at(8), () => symbols.call_exit(3)];
        assert.throws(attempts[index % 3], { code: 'ERR_HELPER_CRASHED' });
        assert.equal(symbols.add(index, 1), index + 1);
      };
      const pending = async () => {
        const results = await Promise.allSettled([
          // Before those that wait for a thread.
          symbols.sleep_milliseconds.async(60_000),
          symbols.call_abort.async(),
          ...Array.from({ length: 20 }, () => symbols.sleep_milliseconds.async(60_000)),
        ]);
        for (const { reason } of results) assert.equal(reason?.code, 'ERR_HELPER_CRASHED');
      };
      const state = () => ({ descriptors: descriptors(), children: children().length, threads: threads() });
      for (let index = 0; index < 3; index++) crash(index);
      await pending();
      await settle();
      const before = state();
      const memory = process.memoryUsage().rss;
      for (let index = 0; index < count; index++) crash(index);
      for (let index = 0; index < (quick ? 1 : 20); index++) await pending();
      await settle();
      assert.deepEqual(state(), before);
      const grown = process.memoryUsage().rss - memory;
      console.log(`grown by ${(grown / 2 ** 20).toFixed(1)} MiB`);
      assert.ok(grown < 24 * 2 ** 20, `resident memory has grown by ${grown} bytes`);
      assert.ok(opened.status().restarts >= count);
    });
  },

  async 'isolates opened and closed'() {
    const once = async () => {
      const opened = open();
      assert.equal(opened.symbols.add(1, 2), 3);
      const { pid } = opened.status();
      opened.close();
      await until(() => !children().includes(pid), 'a closed helper is gone and buried');
    };
    for (let index = 0; index < (quick ? 1 : 3); index++) await once();
    await settle();
    const before = { descriptors: descriptors(), children: children().length };
    for (let index = 0; index < (quick ? 3 : 100); index++) await once();
    await settle();
    assert.deepEqual({ descriptors: descriptors(), children: children().length }, before);
  },

  async 'many helpers at once'() {
    const helpers = Array.from({ length: quick ? 6 : 50 }, () => open());
    const pids = helpers.map((helper) => helper.status().pid);
    assert.equal(new Set(pids).size, helpers.length);
    helpers.forEach(({ symbols }, index) => assert.equal(symbols.add(index, 1), index + 1));
    const sums = await Promise.all(helpers.map(({ symbols }, index) => symbols.add.async(index, 2)));
    sums.forEach((sum, index) => assert.equal(sum, index + 2));
    // One that crashes is nobody else's business.
    assert.throws(() => helpers[0].symbols.call_abort(), { code: 'ERR_HELPER_CRASHED' });
    helpers.forEach(({ symbols }, index) => assert.equal(symbols.add(index, 3), index + 3));
    helpers.forEach((helper) => helper.close());
    await until(() => !pids.some((pid) => children().includes(pid)), 'all closed helpers are gone and buried');
  },

  async 'a program that is killed'() {
    const ways = ['many', 'calling back', 'asynchronous', 'calling', 'idle'];
    for (const way of ways.slice(0, quick ? 2 : 5)) {
      const program = spawn(process.execPath, [fileURLToPath(new URL('killed.mjs', import.meta.url)), library, way], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      for await (const chunk of program.stdout) {
        text += chunk;
        if (text.includes('\n')) break;
      }
      const pids = JSON.parse(text);
      assert.ok(pids.length > 0 && pids.every(runs));
      program.kill('SIGKILL');
      await until(() => !pids.some(runs), `no helper outlives a program that was killed (${way})`);
    }
  },

  async 'a worker that is terminated'() {
    for (const way of quick ? ['asynchronous', 'calling'] : ['idle', 'asynchronous', 'calling', 'calling back']) {
      const worker = new Worker(new URL('killed.mjs', import.meta.url), { argv: [library, way], stdout: true });
      const [text] = await once(worker.stdout, 'data');
      const pids = JSON.parse(text);
      await worker.terminate();
      await until(() => !pids.some((pid) => children().includes(pid)), `no helper outlives a worker (${way})`);
    }
  },
};

/** Opens, works, closes. */
async function using(opened, work) {
  try {
    await work(opened);
  } finally {
    opened.close();
  }
}

/** What was collected is given back. */
async function settle() {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const [name, part] of Object.entries(parts)) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  const start = performance.now();
  await part();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
await until(() => children().length === 0, 'no child is left');
console.log('all is well');
