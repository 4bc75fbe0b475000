// What a hot program plays in: the libraries, the board that C writes to, the callback that C calls, and what is said
// when something is wrong.
import { BOARD, BOARD_WORDS } from './functions.mjs';
import { makeLoop, drawSources } from './loops.mjs';
import { oddities } from './oddities.mjs';
import { isOutOfStack, scenes } from './scenes.mjs';
import { drawSets } from './table.mjs';

/** What the callback does: see `act`. */
const ACTIONS = ['nothing', 'call', 'collect', 'deoptimize', 'allocate', 'throw'];

const shown = (value) => {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value);
};

class World {
  board = new Uint32Array(2 * BOARD_WORDS);
  counts = { calls: 0, refused: 0, callbacks: 0 };
  /** What the callback throws. */
  thrown = new Error('thrown by the callback');
  /** The loop that runs, and what belongs to it. @type {any} */
  current = undefined;
  depth = 0;
  /** Whether calls may fail for want of stack. */
  isAtEnd = false;

  constructor(arkffi, { functions, texts, file }) {
    Object.assign(this, { arkffi, functions, texts, file });
    this.host = { ptr: arkffi.ptr, callback: undefined };
    this.main = this.open(file);
    this.leaves = this.open(file, { leaf: true });
  }

  definition({ params, result }) {
    return { args: params, returns: result };
  }

  /** Has C call back from now on. How calls are made may depend on whether anything can be called back. */
  openCallback() {
    if (this.host.callback) return;
    const callback = new this.arkffi.JSCallback((action) => this.act(action), { args: ['i32'], returns: 'i32' });
    this.host.callback = callback;
    const address = BigInt(callback.ptr);
    this.board[2 * BOARD.callback] = Number(address & 0xffff_ffffn);
    this.board[2 * BOARD.callback + 1] = Number(address >> 32n);
  }

  closeCallback() {
    this.host.callback?.close();
    this.host.callback = undefined;
    this.inside = [];
  }

  /** Opens a library of the functions, and gives it the board. */
  open(file, more = {}) {
    const definitions = Object.fromEntries(this.functions.map((fn) => [fn.name, { ...this.definition(fn), ...more }]));
    const library = this.arkffi.dlopen(file, { ...definitions, hot_board: { args: ['buffer'] } });
    library.symbols.hot_board(this.board);
    return library;
  }

  /** Plays one round. */
  async play(random, round) {
    this.random = random;
    this.round = round;
    if (random.chance(0.5)) this.openCallback();
    await random.pick(scenes)(this, random);
    if (random.chance(0.5)) this.closeCallback();
  }

  /**
   * A loop around a function, with values to go through.
   * @param {import('./functions.mjs').HotFunction} fn
   * @param {{ mayAct?: boolean }} [options]
   */
  prepare(fn, random, { mayAct = true } = {}) {
    const shape = { sources: drawSources(fn, random), catches: random.chance(0.5), asksErrno: random.chance(0.3) };
    const actions = mayAct && this.host.callback ? (shape.catches ? ACTIONS.length : ACTIONS.length - 1) : 0;
    const sets = drawSets(fn, shape, random, { host: this.host, texts: this.texts, actions });
    for (const set of sets) {
      if (ACTIONS[set.action - 1] === 'throw' && !set.throws) set.throws = { thrown: this.thrown };
    }
    const prepared = {
      fn,
      shape,
      sets,
      draw: () => drawSets(fn, shape, random, { host: this.host, texts: this.texts, actions: 0 }),
    };
    return Object.assign(prepared, makeLoop(fn, sets, shape, this.reports(prepared)));
  }

  /** Runs a loop. */
  run(prepared, f, count) {
    const outer = this.current;
    this.current = { ...prepared, f };
    prepared.run(f, prepared.sets, count);
    this.counts.calls += count;
    this.current = outer;
  }

  /** What a loop calls. */
  reports(prepared) {
    const { fn } = prepared;
    const fail = (problem, set, index) => this.fail(prepared, problem, set, index);
    return {
      board: this.board,
      errno: this.arkffi.errno,
      missed: (set, index) => {
        if (this.justClosed) this.justClosed = false;
        else fail(`nothing was thrown instead of ${set.throws.code ?? set.throws.thrown}`, set, index);
      },
      compare: (got, set, index) => {
        if (!Object.is(got, set.expected))
          fail(`the result is ${shown(got)} instead of ${shown(set.expected)}`, set, index);
      },
      lost: (set, index) => {
        const [entered, stack] = [this.board[2 * BOARD.entered], this.board[2 * BOARD.stack]];
        fail(
          `C entered function ${entered} with the stack at ${stack}, ${this.board[2 * BOARD.count]} calls`,
          set,
          index,
        );
      },
      differs: (argument, set, index) => {
        const slot = 2 * (BOARD.args + argument);
        const bits = (BigInt(this.board[slot + 1]) << 32n) | BigInt(this.board[slot]);
        if (Number.isNaN(set.args[argument].js) && isNaNOf(fn.params[argument], bits)) return;
        fail(
          `C got 0x${bits.toString(16)} as argument ${argument}, not 0x${set.args[argument].bits.toString(16)}`,
          set,
          index,
        );
      },
      untouched: (argument, set, index) => fail(`what C wrote to argument ${argument} is not seen`, set, index),
      wrongErrno: (set, index) => fail(`errno is ${this.arkffi.errno()} instead of ${set.errno}`, set, index),
      caught: (error, set, index, entries) => {
        // A refusal needs stack too.
        if (this.isAtEnd && isOutOfStack(error)) throw error;
        this.counts.refused++;
        if (error === set.throws?.thrown) return;
        const { code, argument } = set.throws ?? {};
        const isRight =
          error instanceof this.arkffi.FFIError &&
          error.code === code &&
          error.argument === argument &&
          code !== undefined;
        if (!isRight)
          fail(`it threw ${error?.code} for argument ${error?.argument}: ${error?.stack ?? error}`, set, index);
        if (this.board[2 * BOARD.count] !== entries && !set.throws.isInside)
          fail('C was entered in a call that threw', set, index);
      },
    };
  }

  fail({ fn, shape, text }, problem, set, index) {
    const lines = [
      `${fn.name}(${fn.params.join(', ')}) -> ${fn.result}: ${problem}`,
      `  call ${index}, ${JSON.stringify(shape)}, action ${set.action}, bare ${fn.bare}, garbage ${fn.garbage}`,
      ...set.args.map(({ js, bits }, at) => `  argument ${at}: ${shown(js)}, to C 0x${bits.toString(16)}`),
      text,
    ];
    throw new Error(lines.join('\n'));
  }

  /** What C's call of the callback does. */
  act(action) {
    this.counts.callbacks++;
    const { random } = this;
    if (this.onAct?.()) return action;
    switch (ACTIONS[action - 1]) {
      case 'call':
        if (this.depth < 3) this.callInside(random);
        break;
      case 'collect':
        if (random.chance(0.01)) oddities.collect();
        else if (random.chance(0.2)) oddities.collectYoung();
        break;
      case 'deoptimize':
        oddities.deoptimize(this.current.run, this.current.f);
        break;
      case 'allocate':
        this.garbage = Array.from({ length: 50 }, (_, index) => ({ index, bytes: new Uint8Array(index) }));
        break;
      case 'throw':
        throw this.thrown;
    }
    return action;
  }

  /** Calls other functions in the middle of a call. They leave the board as it was: C has read it. */
  callInside(random) {
    this.depth++;
    this.inside ??= [];
    if (this.inside.length < 8) {
      const fn = random.pick(this.functions);
      this.inside.push({ fn, prepared: this.prepare(fn, random, { mayAct: random.chance(0.3) }) });
    }
    const { fn, prepared } = random.pick(this.inside);
    if (random.chance(0.02)) this.inside.pop();
    this.run(prepared, this.main.symbols[fn.name], 1 + random.below(20));
    this.depth--;
  }

  async end() {
    this.main.close();
    this.leaves.close();
    this.closeCallback();
  }
}

function isNaNOf(type, bits) {
  return type === 'f32' ? (bits & 0x7fff_ffffn) > 0x7f80_0000n : (bits & 0x7fff_ffff_ffff_ffffn) > 0x7ff0n << 48n;
}

/** @param {any} arkffi the package @param {{ functions: import('./functions.mjs').HotFunction[], texts: string[], file: string }} what */
export const openWorld = (arkffi, what) => new World(arkffi, what);
