'use strict';
// arkffi doctor: what this machine has, which ways into C are taken and why, and what does not work.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const { version } = require('../../package.json');

/**
 * @typedef {object} Finding
 * @property {string} name
 * @property {'works' | 'fails' | 'missing'} state `missing` is something that arkffi does without
 * @property {string} detail
 */

/** What variables of the environment do. @type {Record<string, string>} */
const VARIABLES = {
  ARKFFI_BACKEND: "'libffi' makes every call go through libffi, 'frame' through Node-API",
  ARKFFI_CHECKED: "'1' checks every access to memory at an address",
  ARKFFI_LEAVES: "'declared' looks at no function's code to find out whether it calls something",
  ARKFFI_LOG: "'error', 'warn', 'info' or 'debug': what helper processes are asked for is printed to stderr",
  ARKFFI_NATIVE: 'the file of the addon',
  ARKFFI_TRACE: "'calls', 'memory', 'libraries' are printed to stderr",
  ARKFFI_TRACK: "'1' prints at the end what was never freed",
};

/** @returns {string} the host, and what of it counts for an addon */
function describeHost() {
  const { versions } = process;
  const [name, number] = versions.bun
    ? ['Bun', versions.bun]
    : versions.deno
      ? ['Deno', versions.deno]
      : ['Node', versions.node];
  const engine = versions.v8 ? `V8 ${versions.v8}` : 'JavaScriptCore';
  return `${name} ${number} (${engine}, Node-API ${versions.napi ?? 'unknown'}), ${process.platform} ${process.arch}`;
}

/** @returns {string} */
function describeSystem() {
  /** @type {any} */
  const report = process.report?.getReport?.() ?? {};
  const glibc = report.header?.glibcVersionRuntime;
  const library = process.platform === 'linux' ? `, ${glibc ? `glibc ${glibc}` : 'no glibc (musl?)'}` : '';
  return `${os.type()} ${os.release()}${library}`;
}

/** Which code loads the registers, and why. @param {string} backend @returns {string} */
function describeBackend(backend) {
  const machine = `${process.platform} ${process.arch}`;
  if (process.env.ARKFFI_BACKEND === 'libffi') return 'libffi, because ARKFFI_BACKEND is libffi';
  if (backend === 'libffi') return `libffi, because there is no trampoline for ${machine}`;
  const except =
    process.arch === 'arm64' && process.platform === 'darwin' ? '; libffi for narrow arguments on the stack' : '';
  return `trampolines: machine code for ${machine}${except}`;
}

/** Who makes calls without Node-API, by the backend that stats() tells. @type {Record<string, string>} */
const FAST = { fast: "Node's engine", 'bun:ffi': "Bun's own FFI", 'Deno.dlopen': "Deno's own FFI" };

/** What is fast, and why not more is. @param {{ backend: string, reason: string | null }} stats @returns {string} */
function describeFast({ backend, reason }) {
  if (!Object.hasOwn(FAST, backend)) return `all calls go by Node-API: ${reason}`;
  return `${FAST[backend]} calls C${reason === null ? '' : `; ${reason}`}`;
}

/** @param {string} stubs @returns {string} */
const describeStubs = (stubs) =>
  stubs === 'generated'
    ? 'generated JavaScript, one for each signature'
    : 'closures, because this host forbids to generate code: slower, with the same results';

/** @param {string} file @returns {string} */
const describeFile = (file) => `${file} (${(fs.statSync(file).size / 2 ** 20).toFixed(1)} MB)`;

/** So many rounds are enough for every engine to compile a loop. */
const HOT = 200_000;

/**
 * What is tried: each returns what is to be said of it, or throws.
 * @param {any} arkffi
 * @returns {{ name: string, run: () => unknown, without?: string }[]} `without` is what is so when it fails, where arkffi does
 *   without it
 */
function trials(arkffi) {
  const { alloc, CFunction, dlopen, JSCallback, read, Struct } = arkffi;
  /** @param {unknown} got @param {unknown} expected */
  const equal = (got, expected) => {
    if (got !== expected) throw new Error(`gave ${got}, and not ${expected}`);
  };
  /** Calls a callback at its address. @param {object} types @param {(f: any) => unknown} use @param {Function} fn */
  const through = async (types, fn, use) => {
    const callback = new JSCallback(fn, types);
    try {
      return await use(CFunction({ ptr: callback.ptr, ...types }));
    } finally {
      callback.close();
    }
  };
  const numbers = { args: ['i32', 'f64'], returns: 'f64' };
  const Pair = Struct({ small: 'i8', large: 'f64' });
  return [
    {
      name: 'calls and callbacks',
      run: () =>
        through(
          numbers,
          (/** @type {number} */ a, /** @type {number} */ b) => a + b,
          (f) => equal(f(40, 2.5), 42.5),
        ),
    },
    {
      name: 'calls from compiled code',
      run: () => {
        // Leaves are called fast by every engine that calls any function so.
        const leaf = true;
        const { abs, ldexp, strlen } = dlopen(null, {
          abs: { args: ['int'], returns: 'int', leaf },
          ldexp: { args: ['double', 'int'], returns: 'double', leaf },
          strlen: { args: ['cstring'], returns: 'size_t', leaf },
        }).symbols;
        const texts = ['', 'a', 'some text', 'more of that text, which is longer'];
        for (let i = 0; i < HOT; i++) {
          equal(abs(-i), i);
          equal(ldexp(i + 0.5, 3), 8 * i + 4);
          equal(strlen(texts[i & 3]), texts[i & 3].length);
        }
      },
    },
    {
      name: 'asynchronous calls',
      run: () =>
        through(
          numbers,
          (/** @type {number} */ a, /** @type {number} */ b) => a + b,
          async (f) => equal(await f.async(40, 2.5), 42.5),
        ),
    },
    {
      name: 'structs by value',
      run: () =>
        through(
          { args: [Pair.object], returns: Pair.object },
          (/** @type {any} */ pair) => pair,
          (f) => equal(f({ small: -7, large: 0.5 }).small, -7),
        ),
    },
    {
      name: 'functions of the running process',
      run: () => equal(dlopen(null, { abs: { args: ['int'], returns: 'int' } }).symbols.abs(-42), 42),
    },
    {
      name: 'buffers on memory of C',
      run: () => {
        const memory = alloc(8);
        try {
          memory.view()[3] = 7;
          equal(memory.read('u8', 3), 7);
        } finally {
          memory.free();
        }
      },
      without: 'toArrayBuffer copies, and Memory.view and variables of libraries cannot be had',
    },
    {
      name: 'buffers in use cannot be transferred',
      run: () => {
        if (!require('../async/lock.js').lock(new ArrayBuffer(8))) throw new Error('this host cannot prevent it');
      },
      without: 'asynchronous calls copy buffers in and out',
    },
    {
      name: 'checked access to memory',
      run: () => {
        const memory = alloc(4);
        try {
          equal(read.i32(memory.ptr, 0, { checked: true }), 0);
        } finally {
          memory.free();
        }
      },
      without: '{ checked: true } and ARKFFI_CHECKED=1 cannot be used',
    },
    {
      name: 'a C compiler, for npx arkffi gen',
      run: () => {
        const command = process.env.CC ?? 'cc';
        const { status, stdout, error } = spawnSync(command, ['--version'], { encoding: 'utf8' });
        if (status !== 0) throw new Error(error ? `${command} is not found` : `${command} --version fails`);
        return stdout.split('\n')[0];
      },
      without: "arkffi's own preprocessor is used",
    },
  ];
}

/** @param {any} arkffi @returns {Promise<Finding[]>} */
async function examine(arkffi) {
  const findings = [];
  for (const { name, run, without } of trials(arkffi)) {
    try {
      const said = await run();
      findings.push({ name, state: /** @type {const} */ ('works'), detail: typeof said === 'string' ? said : '' });
    } catch (error) {
      const reason = /** @type {Error} */ (error).message;
      const state = without ? /** @type {const} */ ('missing') : /** @type {const} */ ('fails');
      findings.push({ name, state, detail: without ? `${reason}; ${without}` : reason });
    }
  }
  return findings;
}

/** The variables that are set, and what they do. @returns {[string, string][]} */
function variables() {
  const set = Object.entries(process.env).filter(([name]) => name.startsWith('ARKFFI_'));
  return set.map(([name, value]) => [`${name}=${value}`, VARIABLES[name] ?? 'is not known']);
}

/** @param {[string, string][]} rows */
function printRows(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) console.log(`${name.padEnd(width)}  ${text}`.trimEnd());
}

/** @param {Record<string, string>} facts @param {Finding[]} findings */
function print(facts, findings) {
  printRows(Object.entries(facts));
  console.log();
  printRows(findings.map(({ name, state, detail }) => [`${state.padEnd(7)}  ${name}`, detail]));
  const set = variables();
  if (set.length > 0) {
    console.log();
    printRows(set);
  }
}

/**
 * @param {string[]} positionals
 * @param {Record<string, any>} values
 * @returns {Promise<number>}
 */
async function run(positionals, { json }) {
  const { UsageError } = require('./run.js');
  if (positionals.length > 0) throw new UsageError('doctor: it takes no arguments');
  /** @type {Record<string, string>} */
  const facts = { arkffi: version, host: describeHost(), system: describeSystem() };
  /** @type {Finding[]} */
  let findings;
  try {
    const native = require('../binding.js');
    const arkffi = require('../../index.js');
    facts.addon = describeFile(native.file);
    facts.calls = describeBackend(native.backend);
    const stats = arkffi.stats();
    facts.fast = describeFast(stats);
    facts.functions = describeStubs(stats.stubs);
    findings = await examine(arkffi);
  } catch (error) {
    findings = [{ name: 'the addon', state: 'fails', detail: /** @type {Error} */ (error).message }];
  }
  if (json)
    console.log(JSON.stringify({ ...facts, findings, variables: Object.fromEntries(variables()) }, undefined, 2));
  else print(facts, findings);
  return findings.some(({ state }) => state === 'fails') ? 1 : 0;
}

module.exports = {
  usage: '[--json]',
  summary: 'Tells the host, how C is called there and why, and what works and what is missing.',
  help: `
Each line is the outcome of a trial: 'works', 'missing' for what arkffi does without, or 'fails'.

  --json               prints the same as JSON

Exit status: 0, 1 when something fails, 2 when the arguments are wrong.`,
  options: { json: { type: /** @type {const} */ ('boolean') } },
  run,
};
