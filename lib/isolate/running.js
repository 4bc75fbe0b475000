'use strict';
// Which asynchronous calls run, and for how long: those that wait for a thread of the helper's do not.

/** What pools have unless they are told. */
const THREADS = 4;

/**
 * How many threads a helper has for asynchronous calls.
 * @param {Record<string, string>} env of it
 */
function threadsOf({ UV_THREADPOOL_SIZE: given }) {
  const count = Number.parseInt(given ?? '', 10);
  return Number.isNaN(count) ? THREADS : Math.min(Math.max(count, 1), 1024);
}

/** The calls of one helper, which begin in their order. */
class Running {
  #now = 0;
  #threads;
  #limit;
  /** When they have begun, as much later as they stood still. @type {Map<number, number>} */
  #begun = new Map();
  /** @type {number[]} */
  #waiting = [];
  /** Where those start that still wait. */
  #head = 0;
  /** Those that were taken back before they began. @type {Set<number>} */
  #withdrawn = new Set();

  /** Whose time stands still, and for how long. @type {Map<number, { id: number, left: number }>} */
  #paused = new Map();

  /** @param {number} limit milliseconds that a call may run @param {number} threads */
  constructor(limit, threads) {
    this.#limit = limit;
    this.#threads = threads;
  }

  /** @param {number} id @param {number} step as of `pass` */
  add(id, step) {
    if (this.#begun.size < this.#threads) this.#begin(id, step);
    else this.#waiting.push(id);
  }

  /** It has settled. @param {number} id @param {number} step as of `pass` */
  remove(id, step) {
    if (!this.#begun.delete(id)) return void this.#withdrawn.add(id);
    while (this.#head < this.#waiting.length) {
      const next = this.#waiting[this.#head++];
      if (this.#withdrawn.delete(next)) continue;
      this.#begin(next, step);
      break;
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
  }

  /** @param {number} id @param {number} step */
  #begin(id, step) {
    // Part of the step is over: it is not one of this call's.
    this.#begun.set(id, this.#now + step);
  }

  /**
   * The time of a call stands still.
   * @param {number} why until `resume` says the same
   * @param {number} id
   * @param {number} most milliseconds
   */
  pause(why, id, most) {
    if (this.#begun.has(id)) this.#paused.set(why, { id, left: most });
  }

  /** @param {number} why */
  resume(why) {
    this.#paused.delete(why);
  }

  /** @param {number} step */
  #pauses(step) {
    const paused = new Set();
    for (const [why, pause] of this.#paused) {
      paused.add(pause.id);
      pause.left -= step;
      if (pause.left <= 0) this.#paused.delete(why);
    }
    return paused;
  }

  /**
   * Time passes, in which the program could have seen calls return.
   * @param {number} step in milliseconds
   * @returns {number[]} those that have run for too long
   */
  pass(step) {
    this.#now += step;
    const late = [];
    const paused = this.#pauses(step);
    for (const [id, since] of this.#begun) {
      if (paused.has(id)) this.#begun.set(id, since + step);
      else if (this.#now - since >= this.#limit) late.push(id);
    }
    return late;
  }
}

module.exports = { Running, threadsOf };
