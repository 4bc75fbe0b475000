'use strict';
// Asynchronous calls that have not settled, and how they do.

const native = require('../binding.js');
const { CHECKED_TEXT, telling } = require('../checked.js');
const { createError } = require('../errors.js');
const { UNLIMITED, putOperands, views, offsets } = require('../frame.js');
const { hooks, listen } = require('../callback/listen.js');
const { MemoryView } = require('../memory-view.js');
const { hasOwnText } = require('../signature.js');

// Taken once: what becomes of the global later changes nothing.
const { queueMicrotask, Uint8Array } = globalThis;
const { i32, u32 } = views;
const ERRNO = offsets.errno / 4;
const LISTENER = offsets.listener / 4;
const OPENED = offsets.opened / 4;
const SUBJECT = offsets.subject / 4;
const VALUE = offsets.value / 4;
const UNREAD = offsets.unread / 4;
/** Bytes of results, before `errno`. */
const RESULT_BYTES = 48;
const words = new Uint8Array(native.frame, offsets.words, RESULT_BYTES + 8);

// How a call has ended; see src/async_call.rs.
const RETURNED = 0;
const DEADLOCKED = 2;

/**
 * A call that is queued or made.
 * @typedef {object} Pending
 * @property {string} symbol
 * @property {boolean} isText its result is a C string
 * @property {(value: unknown) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {(results: DataView, errno: number) => unknown} read makes the result of what C has left in registers
 * @property {() => void} giveBack gives back what was lent; throws what the user's setters throw
 * @property {import('../outcome.js').Outcome | undefined} outcome what is made of the result
 * @property {() => void} release closes what was opened for the call
 * @property {string | undefined} stack of what made it, when tracking
 * @property {{ error: unknown } | undefined} thrown what a callback has thrown
 * @property {InstanceType<typeof import('../isolate/passage.js').Passage>} [passage] what it has lent to another process
 */

/** By number. @type {{ pending: Map<number, Pending> }} */
const { pending } = native;

hooks.settle = () => {
  const number = u32[SUBJECT];
  // What C has left: see AsyncCall::copy_outcome.
  const outcome = new MemoryView(new Uint8Array(words).buffer);
  u32[UNREAD] = 0;
  const errno = outcome.getInt32(RESULT_BYTES, true);
  const verdict = outcome.getUint32(RESULT_BYTES + 4, true);
  const call = /** @type {Pending} */ (pending.get(number));
  pending.delete(number);
  try {
    const value = verdict === RETURNED ? call.read(outcome, errno) : undefined;
    // Run before whatever waits for this call, and after what waits for the one before.
    queueMicrotask(() => {
      i32[ERRNO] = errno;
    });
    call.giveBack();
    if (verdict === RETURNED) call.resolve(call.outcome ? call.outcome(value, errno) : value);
    else call.reject(errorOf(call, verdict));
  } catch (error) {
    call.reject(error);
  } finally {
    call.release();
  }
};

/** @param {Pending} call @param {number} verdict */
function errorOf({ thrown, symbol }, verdict) {
  if (thrown) return thrown.error;
  if (verdict === DEADLOCKED) {
    const text = 'it waited for a callback while another call blocked the JavaScript thread';
    return createError('ERR_CALLBACK_DEADLOCK', `${symbol}: ${text}`, symbol);
  }
  return createError('ERR_CALL_FAILED', `${symbol}: a callback of this call could not be run`, symbol);
}

/**
 * Queues a call.
 * @param {Pending} call
 * @param {unknown} _lending
 * @param {() => void} store fills the frame
 * @returns {number} its number
 */
function start(call, _lending, store) {
  const listener = listen();
  store();
  u32[LISTENER] = listener;
  u32[VALUE] = call.isText ? 1 : 0;
  u32[VALUE + 1] = 0;
  const errno = i32[ERRNO];
  if (call.outcome) i32[ERRNO] = 0;
  native.startAsync();
  i32[ERRNO] = errno;
  const number = u32[OPENED];
  pending.set(number, call);
  return number;
}

/**
 * Takes a call back that no thread has begun.
 * @param {number} number
 * @param {unknown} reason what its promise rejects with
 */
function withdraw(number, reason) {
  const call = pending.get(number);
  if (!call || !native.withdraw(number)) return;
  pending.delete(number);
  call.release();
  call.reject(reason);
}

/**
 * The C string that C returned.
 * @param {string} symbol
 * @param {number | bigint} address
 * @param {import('../signature.js').Signature} signature
 * @returns {string | null}
 */
function stringResult(symbol, address, { result, isChecked }) {
  const isOwn = hasOwnText({ result, isChecked });
  const how = (result.text?.number ?? 0) | (isChecked ? CHECKED_TEXT : 0);
  return telling(symbol, () => {
    putOperands(address, UNLIMITED, how);
    return isOwn ? native.readText() : native.readCString();
  });
}

module.exports = { start, stringResult, withdraw };
