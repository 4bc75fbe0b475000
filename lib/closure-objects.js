'use strict';
// Closures for calls with records and with objects lent to C.

const marshallers = require('./marshal.generated.js');
const bound = require('./bound.js');
const { views, offsets } = require('./frame.js');
const {
  Call,
  images,
  floorOfScratch,
  floorOfHeap,
  copyWords,
  frameView,
  giveBackLoans,
  needsCall,
  putByAddress,
  resultReader,
} = require('./passing.js');
const { marshalOf } = require('./record/marshal.js');
const { MemoryView } = require('./memory-view.js');
const { enter, enterForString, enterForText } = require('./runtime.js');
const { CALLS, FLOOR, HEAP_FLOOR, TOP } = require('./scratch.js');
const { hasOwnText } = require('./signature.js');
const { fromWords } = require('./words.js');

/** @typedef {import('./types.js').CType} CType */
/** @typedef {import('./signature.js').Spot} Spot */
/** @typedef {InstanceType<typeof Call>} Images where no pointers are kept, the one for all calls */
/** @typedef {{ view: DataView, at: number, address: number }} Image */

const { i32, u32 } = views;
// Taken once: what becomes of the global later changes nothing.
const { ArrayBuffer } = globalThis;
const { ptr } = marshallers;
const TARGET = offsets.target / 4;
const ERRNO = offsets.errno / 4;

/** @param {Images} call @param {CType} type @returns {Image} */
function takeImage(call, { size, align }) {
  const at = call.take(size, align);
  return { view: call.view, at, address: call.address };
}

/**
 * What is made of an argument before any other is looked at: the image of a record, the address of a copy.
 * @param {CType} type
 * @param {unknown} argument
 * @param {Images} call
 * @param {boolean} isChecked
 * @returns {Image | number}
 */
function readObject(type, argument, call, isChecked) {
  if (type.lent) return type.lent.lend(argument, call);
  // By reference, 16 bytes are wanted at least.
  const image = takeImage(call, { ...type, align: Math.max(type.align, 16) });
  if (typeof argument === 'object') marshalOf(type).put(image.view, image.at, argument, call);
  else putByAddress(type, image.view, image.at, argument, isChecked);
  return image;
}

/** @param {Spot} spot @param {Image} image */
function storeImage(spot, { view, at, address }) {
  if ('address' in spot) ptr.store(address, spot.address);
  else if ('pieces' in spot) {
    for (let index = 0; index < spot.pieces.length; index++) {
      const { offset, from, bytes } = spot.pieces[index];
      copyWords(view, at + from, frameView, offset, bytes);
    }
  }
}

/** Where results in registers begin in the frame. */
const RESULTS = offsets.scalarResult;
const WORD = RESULTS / 4;

/** Memory with the words of such, four in each group. @param {number[][]} groups @returns {DataView} */
function viewOf(groups) {
  const view = new MemoryView(new ArrayBuffer(16 * groups.length));
  for (let index = 0; index < 4 * groups.length; index++)
    view.setUint32(4 * index, groups[index >> 2][index & 3], true);
  return view;
}

/**
 * Reads a record result.
 * @param {Spot} spot
 * @param {Image | undefined} image that C stored it in
 * @param {(view: DataView, at: number) => unknown} read
 * @param {DataView} results a copy of those in registers
 */
function loadRecord(spot, image, read, results) {
  if (image) return read(image.view, image.at);
  const pieces = 'pieces' in spot ? spot.pieces : [];
  // Words are read of it, and one more.
  const gathered = new MemoryView(new ArrayBuffer(8 * (pieces.length + 2)));
  for (let index = 0; index < pieces.length; index++) {
    copyWords(results, pieces[index].offset - RESULTS, gathered, pieces[index].from, 8);
  }
  return read(gathered, 0);
}

/**
 * What passes the arguments of a call.
 * @typedef {object} Passer
 * @property {(values: any[], args: any[], call: Images) => Image | undefined} read reads objects, and returns where C stores a
 *   record result, if that is in memory
 * @property {(values: any[], args: any[], call: Images) => void} readRest reads what is no object
 * @property {(values: any[], image: Image | undefined) => void} store leaves all in the frame: C is entered right after it
 */

/**
 * @param {import('./stub.js').StubPlan} plan
 * @param {(index: number, argument: any, call: Images) => any} readOne reads what is no object, and runs no
 *   code of the user's
 * @returns {Passer}
 */
function passerOf({ number, signature }, readOne) {
  const { params, spots, result, resultSpot, isChecked } = signature;
  const count = params.length;
  const { refuse } = signature.crossing ?? bound;
  const scalars = params.map((type) => marshallers[type.base]);
  const slots = spots.map((spot) => ('offset' in spot ? spot.offset : 0));

  /** @type {Passer['read']} */
  function read(values, args, call) {
    let current = 0;
    try {
      for (let index = 0; index < count; index++) {
        const { lent, record } = params[index];
        if (!lent && !record) continue;
        current = call.argument = index;
        values[index] = readObject(params[index], args[index], call, isChecked);
      }
      return 'address' in resultSpot ? takeImage(call, result) : undefined;
    } catch (error) {
      return bound.abandon(number, current, error);
    }
  }

  // No code of the user's runs any more: addresses are looked up now.
  /** @type {Passer['readRest']} */
  function readRest(values, args, call) {
    let current = 0;
    try {
      for (let index = 0; index < count; index++) {
        const { lent, record } = params[index];
        if (record || (lent && values[index] !== -1)) continue;
        current = call.argument = index;
        values[index] = readOne(index, args[index], call);
        if (scalars[index].invalid(values[index])) refuse(number, index, args[index]);
      }
      call.settle();
    } catch (error) {
      bound.abandon(number, current, error);
    }
  }

  /** @type {Passer['store']} */
  function store(values, image) {
    let calls;
    do {
      calls = u32[CALLS];
      u32[TARGET] = number;
      for (let index = 0; index < count; index++) {
        if (params[index].record) storeImage(spots[index], values[index]);
        else scalars[index].store(values[index], slots[index]);
      }
      if (image && 'address' in resultSpot) ptr.store(image.address, resultSpot.address);
    } while (u32[CALLS] !== calls);
  }

  return { read, readRest, store };
}

/**
 * @param {import('./stub.js').StubPlan} plan
 * @returns {Function}
 */
function objectStub(plan) {
  const { number, signature } = plan;
  const { params, result, resultSpot, outcome } = signature;
  const count = params.length;
  const reads = params.map((type) => type.accept ?? marshallers[type.base]?.read);
  const pass = passerOf(plan, (index, argument) => {
    const { lent } = params[index];
    lent?.checkNumber(argument);
    return lent ? lent.address(argument) : reads[index](argument);
  });
  const { string, get } = marshallers[result.base] ?? {};
  const readRecord = result.record && resultReader(result);
  const isOwn = needsCall(params);
  const word = 'offset' in resultSpot ? resultSpot.offset / 4 : 0;
  const isRead = readRecord || params.some(({ lent }) => lent && lent.direction !== 'in');
  const entry = !string ? enter : hasOwnText(signature) ? enterForText : enterForString;

  return function (/** @type {any[]} */ ...args) {
    if (args.length !== count) bound.refuseCount(number, args.length);
    // Not an array of doubles, which does not keep signalling NaNs.
    /** @type {any[]} */
    const values = [undefined];
    const call = isOwn ? new Call() : /** @type {Images} */ (images);
    const floor = floorOfScratch();
    const heapFloor = floorOfHeap();
    let value;
    let errno = 0;
    try {
      const image = pass.read(values, args, call);
      // They are passed only to be kept reachable until C returns.
      const kept = [args, call, image, values];
      const top = u32[TOP];
      let calls;
      // Until nothing has come in between; see lib/frame.js.
      do {
        calls = u32[CALLS];
        pass.readRest(values, args, call);
        pass.store(values, image);
      } while (u32[CALLS] !== calls);
      // From here on Rust gives back what is in scratch memory, also where the engine stops the script, which runs no `finally`.
      u32[FLOOR] = floor;
      u32[HEAP_FLOOR] = heapFloor;
      if (outcome) i32[ERRNO] = 0;
      value = entry(kept);
      // But not what C has left there, until it is read.
      if (isRead) u32[TOP] = u32[FLOOR] = top;
      errno = i32[ERRNO];
      if (readRecord) {
        // All registers at once, see lib/frame.js.
        const words = [
          [u32[WORD], u32[WORD + 1], u32[WORD + 2], u32[WORD + 3]],
          [u32[WORD + 4], u32[WORD + 5], u32[WORD + 6], u32[WORD + 7]],
          [u32[WORD + 8], u32[WORD + 9], u32[WORD + 10], u32[WORD + 11]],
        ];
        value = loadRecord(resultSpot, image, readRecord, viewOf(words));
      } else if (!string) value = fromWords(get, u32[word], u32[word + 1]);
      call.end();
      if (result.make && !string) value = result.make(value);
      if (call.loans) giveBackLoans(call.loans, bound.symbolOf(number));
    } finally {
      call.finish(floor, heapFloor);
    }
    return outcome ? outcome(value, errno) : value;
  };
}

module.exports = { RESULTS, objectStub, passerOf, loadRecord, viewOf };
