'use strict';
// Runs one hostile program of callbacks, given by its group and name: the tests start this as a process.
// What the program returns is printed; so is what it throws.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

/** What programs work with; they are given it, as the functions that they start in workers are. */
function makeKit() {
  const arkffi = require('../../index.js');
  const { ARKFFI_TEST_ARCH: arch = process.arch, ARKFFI_TEST_LIBC: libc } = process.env;
  const folder = path.join(__dirname, '../.build', libc ? `${arch}-${libc}` : arch);
  const built = (name) => path.join(folder, `${name}.so`);
  const { dlopen, JSCallback, callback, Struct, inout, pointer } = arkffi;
  const unary = { args: ['i32'], returns: 'i32' };
  const Pair = Struct({ in: 'i32', out: 'i32' });
  const Places = Struct({ target: 'ptr', source: 'ptr' });
  const Point = Struct({ x: 'i32', y: 'i32' });
  const taking = (...args) => ({ args, returns: 'i32' });
  const definitions = {
    wait_open: taking('i32'),
    set_open: { args: ['i32'] },
    count_waiting: taking(),
    sleep_for: taking('i32'),
    keep_function: { args: ['function'] },
    call_kept: taking('i32'),
    call: taking('function', 'i32'),
    callPlain: { symbol: 'call', ...taking(callback(['i32'], 'i32'), 'i32') },
    call_mixed: taking('function', 'i32', 'function', 'i32'),
    call_all: taking('ptr', 'i32'),
    sum_of_point: taking(callback(['i32'], Point)),
    length_of: { args: [callback(['i32'], 'cstring')], returns: 'size_t' },
    call_on_thread: taking('function', 'i32'),
    call_on_threads: taking('function', 'i32', 'i32'),
    start_threads: { args: ['function', 'i32'] },
    stop_threads: {},
    count_running: taking(),
    count_calls: { returns: 'i64' },
    start_once: { args: ['function'] },
    result_of_once: taking(),
    call_on_thread_then: taking('function', 'i32', 'function'),
    give_texts_on_threads: { args: ['function', 'i32', 'i32'] },
    prepare_meeting: {},
    meet_and_call: taking('function', 'i32'),
    sum_when_open: taking('ptr', 'i32'),
    fill_when_open: { args: ['ptr', 'i32', 'i32'] },
    write_and_read: taking('ptr', 'ptr', 'i32'),
    write_and_read_at: taking(pointer(Places), 'i32'),
    distance: { args: ['ptr', 'ptr'], returns: 'i64' },
    double_when_open: taking(inout(Pair)),
    set_at_end: { args: ['function', 'i32', 'i32'] },
    result_at_load: taking(),
    exit_with: { args: ['i32'] },
  };
  const file = built('threads');
  /** The code of an arkffi error; the message or value of anything else. */
  const codeOf = (error) => (error instanceof arkffi.FFIError ? error.code : String(error?.message ?? String(error)));
  const code = (action) => {
    try {
      return `returned ${String(action())}`;
    } catch (error) {
      return codeOf(error);
    }
  };
  const outcome = (promise) =>
    promise.then(
      (value) => `resolved ${String(value)}`,
      (error) => codeOf(error),
    );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  /** Waits, in turns of the event loop, until it is so. */
  const until = async (isSo) => {
    while (!isSo()) await turn();
  };
  const open = (fn, more = {}) => new JSCallback(fn, { ...unary, ...more });
  /** A library that nothing else has open: a copy of the fixture. */
  const openCopy = () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'arkffi-'));
    try {
      const copy = path.join(folder, 'copy.so');
      fs.copyFileSync(file, copy);
      return dlopen(copy, definitions);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  };
  const openReentry = () => {
    const addon = { exports: {} };
    process.dlopen(addon, built('reentry'));
    const { reenter } = dlopen(built('reentry'), { reenter: unary }).symbols;
    return { setFunction: addon.exports, reenter: reenter.ptr };
  };
  /** Starts a function in a worker: it gets a kit, `data` and the port to this thread. */
  const worker = (fn, data, options = {}) => {
    const source = `
      const { workerData, parentPort } = require('node:worker_threads');
      const { makeKit } = require(${JSON.stringify(__filename)});
      (${fn})(makeKit(), workerData, parentPort);`;
    return new Worker(source, { eval: true, workerData: data, ...options });
  };
  const message = (from) => new Promise((resolve) => from.once('message', resolve));
  const exitOf = (of) => new Promise((resolve) => of.once('exit', resolve));
  return {
    ...arkffi,
    arkffi,
    ...{ file, definitions, symbols: dlopen(file, definitions).symbols },
    ...{ Pair, Point, code, codeOf, outcome, turn, until, open, openCopy, openReentry, worker, message, exitOf, unary },
  };
}

module.exports = { makeKit };

if (require.main === module) {
  const [group, name] = process.argv.slice(2);
  const { program } = require(`./callbacks-${group}.cjs`)[name];
  const print = (value) => value !== undefined && console.log(value);
  // What a program throws ends it as anything uncaught does.
  const result = program(makeKit());
  if (result instanceof Promise) result.then(print);
  else print(result);
}
