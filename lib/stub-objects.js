'use strict';
// The parts of a stub's source for records and for objects lent to C.

const { emitters } = require('./emitters.js');
const { needsCall, resultReader } = require('./passing.js');
const { FLOOR, HEAP_FLOOR } = require('./scratch.js');
const { holdsPointers } = require('./record/accept.js');
const { marshalOf } = require('./record/marshal.js');
const { NUMBER, slotAt } = require('./slots.js');

/** @typedef {import('./types.js').CType} CType */
/** @typedef {import('./signature.js').Spot} Spot */
/** @typedef {import('./signature.js').ScalarSpot} ScalarSpot */
/** @typedef {import('./stub-source.js').Parts} Parts */

/**
 * A pointer to which objects can be given.
 * @param {CType} type
 * @param {number} index
 * @param {number} offset
 * @param {Parts} parts
 */
function passLent(type, index, offset, { objects, reads, stores, kept, values }) {
  const [argument, value, lent] = [`a${index}`, `v${index}`, `lent${index}`];
  values[lent] = type.lent;
  objects.push(`index = call.argument = ${index}; let ${value} = ${lent}.lend(${argument}, call);`);
  reads.push(
    `if (${value} === -1) { index = ${index}; ${lent}.checkNumber(${argument}); ${value} = ${lent}.address(${argument});`,
  );
  reads.push(`if (${value} === -1) refuse(${NUMBER}, ${index}, ${argument}); }`);
  stores.push(emitters.ptr.store(value, slotAt(offset)));
  kept.push(argument);
}

/** The alignment of what is passed by reference, at least (Microsoft x64, parameter passing). */
const BY_REFERENCE = 16;

/**
 * Makes room for the image of a record: all of a call's are taken at once, at `p` in the view `w`, at the
 * address `d`.
 * @param {CType} type
 * @param {Parts} parts
 * @returns {number} where it is behind `p`
 */
function reserve({ size, align }, { room }) {
  const at = Math.ceil(room.size / Math.max(align, 8)) * Math.max(align, 8);
  room.size = at + (size || 1);
  room.align = Math.max(room.align, align);
  return at;
}

/**
 * A record by value: an image of it is made, and copied to where it goes.
 * @param {CType} type
 * @param {number} index
 * @param {Spot} spot
 * @param {Parts} parts
 */
function passRecord(type, index, spot, parts) {
  const argument = `a${index}`;
  if (holdsPointers(type)) parts.kept.push(argument);
  const at = reserve('address' in spot ? { ...type, align: Math.max(type.align, BY_REFERENCE) } : type, parts);
  Object.assign(parts.values, { [`type${index}`]: type, [`marshal${index}`]: marshalOf(type) });
  if ('address' in spot) parts.stores.push(emitters.ptr.store(`(d + ${at})`, slotAt(spot.address)));
  else if ('pieces' in spot) parts.stores.push(copying(at, spot.pieces));
  parts.objects.push(
    `index = ${index};${holdsPointers(type) ? ` call.argument = ${index};` : ''} if (typeof ${argument} === 'object') marshal${index}.put(w, p + ${at}, ${argument}, call); ` +
      `else putByAddress(type${index}, w, p + ${at}, ${argument}, ${parts.isChecked});`,
  );
}

/** Words that are copied one by one; more of them in a loop. */
const FEW = 8;

/**
 * Copies an image to its slots. On the scratch stack it is aligned.
 * @param {number} at
 * @param {{ offset: number, from: number, bytes: number }[]} pieces
 */
function copying(at, pieces) {
  const general = pieces.map(
    ({ offset, from, bytes }) => `copyWords(w, p + ${at + from}, frameView, ${offset}, ${bytes});`,
  );
  const words = pieces.flatMap(({ offset, from, bytes }) =>
    Array.from(
      { length: 2 * Math.ceil(bytes / 8) },
      (_, word) => `u32[${offset / 4 + word}] = u32[(p >> 2) + ${(at + from) / 4 + word}];`,
    ),
  );
  if (words.length > FEW) return general.join(' ');
  return `if (w === frameView) { ${words.join(' ')} } else { ${general.join(' ')} }`;
}

/**
 * A record result.
 * @param {CType} type
 * @param {Spot} spot
 * @param {Parts} parts
 * @returns {{ entry: string, gather: string[], load: string | undefined }}
 */
function receiveRecord(type, spot, parts) {
  parts.values.receive = resultReader(type);
  const at = reserve(type, parts);
  /** @type {string[]} */
  const gather = [];
  if ('pieces' in spot) {
    // All are taken out of the registers at once, see lib/frame.js. There is room for whole words.
    const words = spot.pieces.flatMap(({ offset, from }) => [0, 4].map((more) => [from + more, (offset + more) / 4]));
    if (words.length > 0)
      gather.push(`const ${words.map(([, word], index) => `r${index} = u32[${word}]`).join(', ')};`);
    words.forEach(([from], index) => gather.push(`w.setUint32(p + ${at + from}, r${index}, true);`));
  } else
    parts.stores.push(emitters.ptr.store(`(d + ${at})`, slotAt(/** @type {{ address: number }} */ (spot).address)));
  return { entry: 'enter', gather, load: `receive(w, p + ${at})` };
}

/**
 * A parameter that takes objects.
 * @param {CType} type
 * @param {number} index
 * @param {Spot} spot
 * @param {Parts} parts
 */
function passObject(type, index, spot, parts) {
  if (type.record) passRecord(type, index, spot, parts);
  else passLent(type, index, /** @type {ScalarSpot} */ (spot).offset, parts);
}

/**
 * The statements before any object is read.
 * @param {CType[]} params
 * @param {Parts['room']} room
 * @returns {string[]}
 */
function opening(params, room) {
  const call = needsCall(params) ? 'new Call()' : 'images';
  const floors = `scratchFloor = u32[${FLOOR}], heapFloor = u32[${HEAP_FLOOR}]`;
  const taking = `p = call.take(${room.size}, ${room.align}); w = call.view; d = call.address;`;
  return ['let index = 0, p, w, d;', `const call = ${call}, ${floors};`, 'try {', room.size > 0 ? taking : ''];
}

module.exports = { opening, passObject, receiveRecord };
