// Resident memory over millions of calls with strings and structs, callbacks and asynchronous calls: every
// copy must be gone after its call, every struct that was returned after its release, every callback after it
// is closed.
// `npm run bench -- --memory` sets everything up first.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { functions } from './functions.mjs';
import { fixture } from './places.mjs';

const LIMIT = 4; // MB in the second half
/** The pool's threads and the engine take long to have all the memory that they use: it stays the same from then on. */
const WARM = 1_500_000;
// The engine's space for young objects otherwise grows by 16 or 32 MB at some time during any loop that
// makes strings, with or without calls of ours.
// It also keeps generated code for some collections, whoever has it.
const flags = ['--expose-gc', '--max-semi-space-size=2', '--no-compilation-cache'];
// The engine frees the buffers of structs in other threads: the C library's heaps take long to be as large
// as they get, and warming up takes as many calls as are watched.
const STRUCTS = 1_000_000;
const quick = process.argv.includes('--quick');
const CALLBACKS = quick ? 200_000 : 1_000_000;
/** So many callbacks are called by one call of C, or asynchronous calls are under way together. */
const TOGETHER = 100;
/** Addresses are kept when their callbacks are closed: so many are closed before one is used again. */
const CLOSED = 100_000;
/** So much memory is allocated and freed. */
const BLOCKS = quick ? 300_000 : 3_000_000;

if (flags.every((flag) => process.execArgv.includes(flag))) {
  process.exitCode = await watchAll();
} else {
  const again = [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1;
}

async function watchAll() {
  const { alloc, Arena, dlopen, Struct, JSCallback, callback, releasePtr, stats } = createRequire(import.meta.url)(
    '..',
  );
  const { args, returns } = functions.length;
  const Label = Struct({ text: 'cstring', times: 'u32' });
  const Complex = Struct({ re: 'f64', im: 'f64' });
  const { symbols } = dlopen(fixture, {
    length: { args, returns },
    label_length: { args: [Label], returns: 'u32' },
    add_complex: { args: [Complex, Complex], returns: Complex },
    repeat: { args: ['u32', callback(['i32'], 'i32')], returns: 'i32' },
    nothing: { returns: 'i32' },
  });
  const { length, label_length: labelLength, add_complex: addComplex, repeat, nothing } = symbols;

  // 20 characters, made for each call: two parts that the engine has not yet joined.
  const short = (i) => `thirteen char${1000000 + (i % 9000000)}`;
  // More than the scratch memory of a call, so that the copy comes from the heap.
  const texts = ['a', 'b'].map((letter) => Buffer.alloc(300_000, letter).toString());
  const one = { re: 1, im: 2 };

  const stepTypes = { args: ['i32'], returns: 'i32' };
  const step = new JSCallback((n) => n + 1, stepTypes);
  const failing = new JSCallback(() => {
    throw new Error('as expected');
  }, stepTypes);
  const stepped = (TOGETHER * (TOGETHER + 1)) / 2;
  const open = () => new JSCallback((n) => n, stepTypes);
  const openAndClose = () => (open().close(), 1);
  const awaitTogether = async () => {
    const results = await Promise.all(Array.from({ length: TOGETHER }, () => nothing.async()));
    return results.reduce((sum, result) => sum + result);
  };

  const openLibrary = () => {
    const library = dlopen(fixture, { nothing: { returns: 'i32' } });
    const result = library.symbols.nothing();
    library.close();
    return result;
  };
  // What is done for collected functions waits for the event loop.
  const openInTurn = (i) =>
    i % 100 === 0 ? new Promise((resolve) => setImmediate(() => resolve(openLibrary()))) : openLibrary();

  const allocAndFree = () => {
    const memory = alloc(64);
    memory.write('u8', 0, 1);
    memory.free();
    return 1;
  };
  const view = (i) => {
    const memory = alloc(64);
    const [byte] = memory.view();
    memory.free();
    // What Node keeps for a buffer on memory of C goes when it has time.
    return i % TOGETHER === 0 ? new Promise((resolve) => setImmediate(resolve, 1 - byte)) : 1 - byte;
  };
  const useArena = () => Arena.run((arena) => (arena.alloc(100), arena.strdup('text').size));

  const kept = [
    await watch('libraries opened and closed', 100_000, 42, openInTurn),
    await watch('memory allocated and freed', BLOCKS, 1, allocAndFree),
    await watch('memory with a view', BLOCKS / 10, 1, view),
    await watch('arenas', BLOCKS / 3, 5, useArena),
    await watch('strings of 20 characters', quick ? 2_000_000 : 10_000_000, 20, (i) => length(short(i))),
    await watch('strings of 300 KB', quick ? 20_000 : 200_000, 300_000, (i) => length(texts[i & 1])),
    await watch('structs with a string', STRUCTS, 60, (i) => labelLength({ text: short(i), times: 3 }), STRUCTS),
    await watch('structs returned and released', STRUCTS, 1, () => (releasePtr(addComplex(one, one)), 1), STRUCTS),
    await watch(`${TOGETHER} callbacks from each call`, CALLBACKS / TOGETHER, stepped, () => repeat(TOGETHER, step)),
    await watch('a callback that throws', CALLBACKS, 1, () => throws(() => repeat(1, failing))),
    await watch('callbacks opened and closed', 200_000, 1, openAndClose, CLOSED, true),
    await watch('callbacks opened and closed', CALLBACKS, 1, openAndClose, 0, true),
    await watch('a function passed for the call', CALLBACKS, 1, () => repeat(1, (n) => n + 1)),
    await watch(
      `${TOGETHER} asynchronous calls at once`,
      CALLBACKS / TOGETHER,
      42 * TOGETHER,
      awaitTogether,
      WARM / TOGETHER,
    ),
  ];
  const { retained } = stats();
  if (retained > 0) console.error(`${retained} structs are still retained`);
  if (kept.includes(false)) console.error(`Resident memory grew by more than ${LIMIT} MB`);
  return retained > 0 || kept.includes(false) ? 1 : 0;
}

/** @returns {number} 1 if it throws */
function throws(call) {
  try {
    call();
    return 0;
  } catch {
    return 1;
  }
}

/**
 * @param {string} title
 * @param {number} count
 * @param {number} expected what every call gives
 * @param {(i: number) => number | Promise<number>} call
 * @param {number} [warmUp] calls before memory is looked at
 * @param {boolean} [isWhole] growth is looked at since then, not in the second half
 * @returns {Promise<boolean>} whether memory stayed as it was
 */
async function watch(title, count, expected, call, warmUp = count / 4, isWhole = false) {
  console.log(`${title}, ${count.toLocaleString('en')} calls on Node ${process.version}`);
  await callMany(warmUp, expected, call);
  const start = show('after warm-up', await resident());
  await callMany(count / 2, expected, call);
  const half = show('at half', await resident());
  await callMany(count / 2, expected, call);
  const growth = show('at the end', await resident()) - (isWhole ? start : half);
  console.log(`  growth ${isWhole ? 'after the warm-up' : 'in the second half'}: ${growth.toFixed(2)} MB`);
  return growth <= LIMIT;
}

async function callMany(count, expected, call) {
  for (let i = 0; i < count; i++) {
    const given = call(i);
    if ((typeof given === 'number' ? given : await given) !== expected) {
      throw new Error(`call ${i} did not give ${expected}`);
    }
  }
}

function megabytes(bytes) {
  return bytes / 1024 / 1024;
}

/** @returns {Promise<number>} MB, when what was collected has been given back, which waits for the event loop */
async function resident() {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  globalThis.gc();
  return megabytes(process.memoryUsage.rss());
}

function show(when, size) {
  const heap = megabytes(v8.getHeapStatistics().total_physical_size);
  console.log(
    `  ${when.padEnd(13)} ${size.toFixed(1).padStart(6)} MB, of them ${heap.toFixed(1)} MB the engine's heap`,
  );
  return size;
}
