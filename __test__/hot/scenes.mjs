// The scenes of a hot program, one of which each round plays.
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { oddities } from './oddities.mjs';

const require = createRequire(import.meta.url);
const isNode = !globalThis.Deno && !globalThis.Bun;

/** @param {any} error */
export const isOutOfStack = (error) => error?.name === 'RangeError' && error.code === undefined;

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Mostly few calls, sometimes so many that all code is optimized. */
const drawCount = (random) => Math.floor(10 ** ((random.below(1000) / 1000) * (random.chance(0.15) ? 4.7 : 3.5))) + 1;

/** Another way to the same C function. */
function bindAgain(world, fn, random) {
  const { arkffi, main, file } = world;
  const original = main.symbols[fn.name];
  const definition = world.definition(fn);
  switch (random.below(4)) {
    case 0:
      return original;
    case 1:
      return arkffi.CFunction({ ptr: original.ptr, ...definition });
    case 2:
      return arkffi.linkSymbols({ [fn.name]: { ptr: original.ptr, ...definition } }).symbols[fn.name];
    default:
      return arkffi.dlopen(file, { [fn.name]: definition }).symbols[fn.name];
  }
}

/** Something that may change how the next calls are made, and must not change what they do. */
function surprise(world, prepared, f, random) {
  switch (random.below(10)) {
    case 0:
      oddities.collect();
      break;
    case 1:
    case 2:
      oddities.collectYoung();
      break;
    case 3:
      oddities.deoptimize(prepared.run, f);
      break;
    case 4:
      oddities.optimize(prepared.run);
      break;
    case 5:
      oddities.maglev(prepared.run, f);
      break;
    case 6:
      oddities.optimize(prepared.run, f);
      break;
    case 7:
      oddities.baseline(prepared.run, f);
      break;
    case 8:
      oddities.forget(prepared.run);
      break;
    default:
      // Other values, of other kinds perhaps, at the same place.
      renew(prepared);
  }
}

/** New values for a loop, where it takes them from its sets. */
function renew({ fn, shape, sets, draw }) {
  const fresh = draw();
  const stays = (index) => !['member', 'local'].includes(shape.sources[index]);
  if (fn.params.some((_, index) => stays(index))) return;
  sets.forEach((set, at) => Object.assign(set, fresh[at]));
}

/** The heart of it: one function, hot, with surprises. */
function hot(world, random) {
  const fn = random.pick(world.functions);
  const prepared = world.prepare(fn, random);
  const functions = [world.main.symbols[fn.name], bindAgain(world, fn, random)];
  for (let turns = 2 + random.below(6); turns > 0; turns--) {
    const f = random.chance(0.8) ? functions[0] : functions[1];
    world.run(prepared, f, drawCount(random));
    surprise(world, prepared, f, random);
  }
  world.run(prepared, functions[0], 40);
}

/** Functions that are declared leaves. What calls back all the same gets nothing, and the call throws. */
function leaf(world, random) {
  const fn = random.pick(world.functions);
  const f = world.leaves.symbols[fn.name];
  const prepared = world.prepare(fn, random, { mayAct: false });
  for (let turns = 2 + random.below(4); turns > 0; turns--) {
    world.run(prepared, f, drawCount(random));
    surprise(world, prepared, f, random);
  }
  if (!prepared.shape.catches) return;
  world.openCallback();
  const calling = prepared.sets.filter(({ throws }) => !throws).slice(0, 3);
  for (const set of calling) {
    Object.assign(set, { action: 1, throws: { code: 'ERR_LEAF_CALLED_BACK', argument: undefined, isInside: true } });
  }
  const before = world.counts.callbacks;
  world.run(prepared, f, drawCount(random));
  if (world.counts.callbacks !== before) throw new Error('the callback of a leaf was run');
}

/** Many functions that come and go: what one had must not be found by the next. */
async function churn(world, random) {
  const kept = [];
  for (let index = 0; index < 60; index++) {
    const fn = random.pick(world.functions);
    const f = bindAgain(world, fn, random);
    const prepared = world.prepare(fn, random, { mayAct: false });
    world.run(prepared, f, 1 + random.below(60));
    if (random.chance(0.2)) kept.push({ fn, f, prepared });
  }
  oddities.collect();
  await tick();
  for (const { f, prepared } of kept) world.run(prepared, f, 20);
  const closed = kept.filter(({ f }) => f.close);
  for (const { f } of closed) f.close();
  for (const { f, prepared } of closed) {
    expectClosed(prepared.sets);
    if (prepared.shape.catches) world.run(prepared, f, 40);
  }
}

/** From now on calls throw, those whose arguments are refused as before. */
function expectClosed(sets) {
  for (const set of sets) if (!set.throws?.code) set.throws = { code: 'ERR_LIBRARY_CLOSED', argument: undefined };
}

let copies = 0;

/** A library is closed while it is hot: between calls, or inside of one. */
function closing(world, random) {
  world.openCallback();
  const file = `${world.file}.${process.pid}.${copies++}.so`;
  copyFileSync(world.file, file);
  const library = world.open(file);
  rmSync(file);
  const fn = random.pick(world.functions);
  const f = library.symbols[fn.name];
  let prepared = world.prepare(fn, random, { mayAct: false });
  while (!prepared.shape.catches) prepared = world.prepare(fn, random, { mayAct: false });
  world.run(prepared, f, drawCount(random));
  const inside = prepared.sets.find(({ throws }) => !throws);
  if (inside && random.chance(0.5)) {
    inside.action = 1;
    world.onAct = () => {
      world.onAct = undefined;
      library.close();
      expectClosed(prepared.sets);
      world.justClosed = true;
      return true;
    };
    world.run(prepared, f, 200);
    if (world.onAct) throw new Error('the callback was not called');
  } else {
    library.close();
    expectClosed(prepared.sets);
  }
  world.run(prepared, f, drawCount(random));
  surprise(world, prepared, f, random);
  expectClosed(prepared.sets);
  world.run(prepared, f, 200);
}

/** At the end of the stack. */
function deep(world, random) {
  const fn = random.pick(world.functions);
  const prepared = world.prepare(fn, random, { mayAct: false });
  const f = world.main.symbols[fn.name];
  const outer = world.current;
  const { depth } = world;
  world.run(prepared, f, 2000);
  const dive = () => {
    world.run(prepared, f, 1);
    dive();
  };
  world.isAtEnd = true;
  try {
    dive();
  } catch (error) {
    if (!isOutOfStack(error)) throw error;
  }
  Object.assign(world, { current: outer, depth, isAtEnd: false });
  world.run(prepared, f, 40);
}

/** Calls out of another context of the same engine. */
function elsewhere(world, random) {
  if (!isNode) return hot(world, random);
  const fn = random.pick(world.functions);
  const prepared = world.prepare(fn, random);
  const { runInNewContext } = require('node:vm');
  const through = runInNewContext('(f, args) => f(...args)');
  const f = world.main.symbols[fn.name];
  world.run(prepared, (...args) => through(f, args), drawCount(random));
}

/** The asynchronous form between others. */
async function later(world, random) {
  const fn = random.pick(world.functions);
  const prepared = world.prepare(fn, random, { mayAct: false });
  const f = world.main.symbols[fn.name];
  world.run(prepared, f, drawCount(random));
  const [set] = prepared.sets;
  if (set.throws || fn.params.some((type) => type !== 'f64' && type !== 'i32')) return;
  [world.board[4], world.board[5], world.board[8]] = [set.low, set.high, 0];
  const got = await f.async(...set.args.map(({ js }) => js));
  if (!Object.is(got, set.expected)) world.fail(prepared, `the asynchronous result is ${got}`, set, 0);
  world.run(prepared, f, 40);
}

export const scenes = [hot, hot, hot, hot, hot, hot, leaf, leaf, churn, closing, deep, elsewhere, later];
