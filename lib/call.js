'use strict';
// What a call lends to C while it is prepared and made: copies of objects and strings, on the scratch stack
// or, when that is full, in buffers of their own. Code of the user's may run while objects are read, and
// may itself call C, so what has been taken is kept from such calls at once.

const native = require('./binding.js');
const { closeCallback } = require('./callback/close.js');
const { views } = require('./frame.js');
const { MemoryView } = require('./memory-view.js');
const { INVALID, addressOf, anyAddress, bufferAddress } = require('./pointer.js');
const { Refused, worded } = require('./refused.js');
const { CALLS, TOP, HEAP_BLOCKS, FLOOR, HEAP_FLOOR, END, copyString, giveBack } = require('./scratch.js');

const { u32 } = views;
const { frameAddress } = native;

/** Words are copied to and from memory, so behind it there is room for one more. */
const SPARE = 8;

/** The frame's memory at any alignment. */
const frameView = new MemoryView(native.frame);

/**
 * Memory for a copy that does not fit the scratch stack.
 * @param {number} size
 * @param {number} align
 * @returns {{ view: DataView, address: number }}
 */
function takeHeap(size, align) {
  try {
    const buffer = new ArrayBuffer(size + align + SPARE);
    const start = bufferAddress(buffer);
    const skip = (align - (start % align)) % align;
    return { view: new MemoryView(buffer, skip), address: start + skip };
  } catch {
    throw new Refused('ERR_MALLOC_FAILED', `no memory for a copy of ${size} bytes`);
  }
}

/** The floors of the scratch stack, which a call raises, and puts back. @returns {number} */
const floorOfScratch = () => u32[FLOOR];
/** @returns {number} */
const floorOfHeap = () => u32[HEAP_FLOOR];

/** What one call lends. No subclass: engines make those slower, and every call with a function or an object makes one. */
class Call {
  /** Where the memory last taken is: the view it is in, and its address. */
  view = frameView;
  address = 0;
  /** The argument that is being read. */
  argument = 0;
  /** Whether missing members are zero; in a call they are errors. */
  fills = false;
  /** Bytes that there are for a flexible array member. */
  room = 0;
  /** @type {import('./record/loan.js').Loan[] | undefined} what is given back to the user's objects */
  loans = undefined;
  /** How many pointers deep the object being read is. */
  depth = 0;
  /** @type {unknown[] | undefined} what C may use until it returns */
  held = undefined;
  /** @type {{ value: unknown, address: number | bigint, argument: number }[] | undefined} buffers inside of objects, and where they were */
  buffers = undefined;
  /** A callback that is open for this call; -1 for none. */
  opened = -1;
  /** @type {number[] | undefined} more of them */
  others = undefined;

  /**
   * Takes memory until the call returns.
   * @param {number} size
   * @param {number} align
   * @returns {number} where it is in `view`; `address` is where that is
   */
  take(size, align) {
    let at = u32[TOP];
    if (align > 8) at += (align - ((frameAddress + at) % align)) % align;
    const end = at + ((size + SPARE + 7) & ~7);
    if (size >= END || end > END) return this.takeHeap(size, align);
    u32[CALLS]++;
    u32[TOP] = u32[FLOOR] = end;
    // Engines are slower at storing what is there already.
    if (this.view !== frameView) this.view = frameView;
    this.address = frameAddress + at;
    return at;
  }

  /** @param {number} size @param {number} align @returns {number} */
  takeHeap(size, align) {
    const { view, address } = takeHeap(size, align);
    this.hold(view);
    // Last: what is shared by all calls must be this one's when it is looked at; see lib/frame.js.
    this.view = view;
    this.address = address;
    return 0;
  }

  /** @param {number} callback to be closed when the call ends */
  opens(callback) {
    if (this.opened === -1) this.opened = callback;
    else if (this.others) this.others[this.others.length] = callback;
    else this.others = [callback];
  }

  /** The call has ended. */
  end() {
    if (this.opened === -1) return;
    closeCallback(this.opened);
    this.opened = -1;
    const { others } = this;
    if (others === undefined) return;
    for (let index = 0; index < others.length; index++) closeCallback(others[index]);
    this.others = undefined;
  }

  /** @param {unknown} value kept reachable until C returns */
  hold(value) {
    if (this.held) this.held[this.held.length] = value;
    else this.held = [value];
  }

  /**
   * Copies a string that is inside of an object.
   * @param {string} text
   * @param {import('./types.js').CType['text']} [encoded] undefined for UTF-8
   * @returns {number} its address, or INVALID
   */
  string(text, encoded) {
    const address = encoded ? encoded.put(text) : frameAddress + copyString(text);
    // At once, and not by a function: see lib/frame.js.
    u32[FLOOR] = u32[TOP];
    u32[HEAP_FLOOR] = u32[HEAP_BLOCKS];
    return address;
  }

  /**
   * The address for a pointer that is inside of an object.
   * @param {unknown} value
   * @returns {number | bigint} or INVALID
   */
  pointer(value) {
    const address = anyAddress(value);
    if (typeof value === 'object' && value !== null && address !== INVALID) {
      this.hold(value);
      const { argument } = this;
      if (this.buffers) this.buffers[this.buffers.length] = { value, address, argument };
      else this.buffers = [{ value, address, argument }];
    }
    return address;
  }

  /** All objects have been read: no code of the user's runs from here until C is entered. Looks whether buffers are still there. */
  settle() {
    if (this.buffers === undefined) return;
    for (let index = 0; index < this.buffers.length; index++) {
      const { value, address, argument } = this.buffers[index];
      // A getter that ran later may have transferred the buffer.
      if (addressOf(value) === address) continue;
      const error = new Refused('ERR_INVALID_ARG_VALUE', 'a buffer inside was detached while the arguments were read');
      error.argument = argument;
      throw error;
    }
  }

  /**
   * The call is over, or not made after all: the floors of the scratch stack are put back.
   * @param {number} floor
   * @param {number} heapFloor
   */
  finish(floor, heapFloor) {
    u32[FLOOR] = floor;
    u32[HEAP_FLOOR] = heapFloor;
    // A copy elsewhere must not live longer than its call.
    if (this.view !== frameView) this.view = frameView;
    giveBack();
    this.end();
  }
}

/** One for all calls that only take memory for images of records: nothing in it outlives a look at it. */
class Images extends Call {
  /** @param {unknown} _value whoever takes an image holds its view */
  hold(_value) {}
}

const images = new Images();

/**
 * The address of what a view is on.
 * @param {DataView} view
 * @param {number} at
 * @returns {number}
 */
function addressIn(view, at) {
  return view === frameView ? frameAddress + at : bufferAddress(view) + at;
}

/**
 * Has memory used that is given back at once.
 * @template T
 * @param {number} size
 * @param {(view: DataView, at: number, address: number) => T} use runs no code of the user's
 * @returns {T}
 */
function withRoom(size, use) {
  const top = u32[TOP];
  const floor = u32[FLOOR];
  const at = takeRoom(size);
  try {
    return use(images.view, at, images.address);
  } finally {
    u32[FLOOR] = floor;
    u32[TOP] = top;
    images.view = frameView;
  }
}

/** @param {number} size @returns {number} */
function takeRoom(size) {
  try {
    return images.take(size, 8);
  } catch (error) {
    throw worded(error, '', undefined);
  }
}

module.exports = { Call, images, floorOfScratch, floorOfHeap, frameView, addressIn, takeHeap, withRoom };
