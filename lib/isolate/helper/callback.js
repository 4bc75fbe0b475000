'use strict';
// Function pointers that have the program run a callback.

const native = require('../../binding.js');
const { entries } = require('../../callback/entries.js');
const { listen } = require('../../callback/listen.js');
const marshallers = require('../../marshal.generated.js');
const { ADDRESS, TWO_32, offsets, views } = require('../../frame.js');
const { bufferAddress } = require('../../pointer.js');
const { endOf, readSpots } = require('../../signature.js');

/** @typedef {import('./serve.js').Answer} Answer */

const { u32 } = views;
const PLAN = offsets.plan / 4;
const RUNNER = offsets.runner / 4;
const LISTENER = offsets.listener / 4;
const LENGTH = offsets.length / 4;
const OPENED = offsets.opened / 4;
const UNREAD = offsets.unread / 4;
const SUBJECT = offsets.subject / 4;
const SENDER = offsets.sender / 4;
const VALUE = offsets.value / 4;
const RESULT = offsets.scalarResult / 4;
const { stack: STACK } = offsets;

/** Runs any of them. @type {number | undefined} */
let runner;

/**
 * What C gets when there is no answer.
 * @typedef {{ word?: [number, number], bytes?: string }} Fallback
 *
 * Both take the bytes of the arguments in the frame.
 * @typedef {object} Asking
 * @property {(bytes: number) => Answer | undefined} ask
 * @property {(bytes: number, sender: number) => Promise<Answer | undefined>} askLater where another thread waits, for
 *   the asynchronous call with that number
 */

/**
 * @param {number[]} types the result's first
 * @param {number | undefined} size of the result, if that is a record
 * @param {Fallback} fallback
 * @param {Asking} asking has the program run it
 * @returns {{ number: number, address: number }} its number is for closeCallback
 */
function openRemote(types, size, fallback, { ask, askLater }) {
  const [plan, ...rest] = native.callbackPlan(Uint32Array.from(types));
  const [, ...spots] = readSpots(rest);
  const bytes = Math.max(STACK, ...spots.map(endOf)) - STACK;
  const isRecord = size !== undefined;
  /** What C may still read. @type {Uint8Array} */
  let image = new Uint8Array(isRecord ? size || 1 : 0);
  if (fallback.bytes) image.set(Buffer.from(fallback.bytes, 'base64').subarray(0, image.length));
  const defaults = image;

  /** @param {Answer | undefined} answer */
  function give(answer) {
    const isDefault = answer === undefined || answer.isDefault;
    if (isRecord) {
      image = defaults;
      if (!isDefault && answer.bytes?.length === defaults.length) image = answer.bytes;
      marshallers.ptr.store(bufferAddress(image), offsets.recordResult);
    } else if (isDefault) [u32[RESULT], u32[RESULT + 1]] = fallback.word ?? [0, 0];
    else views.u64[RESULT / 2] = answer.word;
  }

  const entry = /** @type {any} */ ({
    symbol: 'callback',
    run() {
      u32[UNREAD] = 0;
      give(ask(bytes));
    },
    invoke() {
      u32[UNREAD] = 0;
      return askLater(bytes, u32[SENDER]);
    },
    give: (/** @type {unknown} */ _, /** @type {Answer | undefined} */ answer) => give(answer),
    ...{
      fn: openRemote,
      place: 'result',
      address: 0,
      held: [],
      defaults: isRecord ? [defaults] : [],
      kept: [],
      next: 0,
    },
  });
  give(undefined);
  u32[PLAN] = plan;
  u32[RUNNER] = runner ??= native.addRunner(() => /** @type {any} */ (entries[u32[SUBJECT]]).run(), false);
  u32[LISTENER] = listen();
  u32[VALUE] = u32[VALUE + 1] = 0;
  u32[LENGTH] = u32[LENGTH + 1] = 0;
  native.openCallback();
  const number = u32[OPENED];
  entry.address = u32[ADDRESS + 1] * TWO_32 + u32[ADDRESS];
  entries[number] = entry;
  return { number, address: entry.address };
}

module.exports = { openRemote };
