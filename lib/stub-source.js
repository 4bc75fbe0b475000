'use strict';
// The source of stubs: numbers and identifiers of ours, nothing of the user's.

const { emitters } = require('./emitters.js');
const { offsets } = require('./frame.js');
const { needsCall, resultReader, wholeAt } = require('./passing.js');
const { holdsPointers } = require('./record/accept.js');
const { marshalOf } = require('./record/marshal.js');

/** @typedef {import('./types.js').CType} CType */
/** @typedef {import('./signature.js').Spot} Spot */
/** @typedef {import('./signature.js').ScalarSpot} ScalarSpot */

/** Stands for the number of the function, which makes each stub's source unique. */
const NUMBER = '#';

/** @param {number} offset @returns {(size: number) => string} */
const slotAt = (offset) => (size) => String(offset / size);

/**
 * What a stub is put together from.
 * @typedef {object} Parts
 * @property {{ size: number, align: number }} room for images of records
 * @property {string[]} objects statements that read objects; code of the user's may run in them
 * @property {string[]} reads statements that read everything else
 * @property {string[]} stores
 * @property {string[]} kept what must stay reachable until C returns
 * @property {Record<string, unknown>} values what they refer to
 */

/**
 * A scalar parameter.
 * @param {CType} type
 * @param {number} index
 * @param {number} offset
 * @param {Parts} parts
 */
function passScalar(type, index, offset, { reads, stores, kept, values }) {
  const { read, invalid, store, keeps } = emitters[type.base];
  const argument = `a${index}`;
  let value = argument;
  if (type.accept) values[`accept${index}`] = type.accept;
  const accepted = type.accept ? `accept${index}(${argument})` : read?.(argument);
  if (accepted) {
    value = `v${index}`;
    reads.push(`const ${value} = ${accepted};`);
  }
  reads.push(`if (${invalid(value)}) refuse(${NUMBER}, ${index}, ${argument});`);
  stores.push(store(value, slotAt(offset)));
  if (keeps) kept.push(argument);
}

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
  reads.push(`if (${value} === -1) { index = ${index}; ${value} = ${lent}.address(${argument});`);
  reads.push(`if (${value} === -1) refuse(${NUMBER}, ${index}, ${argument}); }`);
  stores.push(emitters.ptr.store(value, slotAt(offset)));
  kept.push(argument);
}

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
  const at = reserve(type, parts);
  Object.assign(parts.values, { [`type${index}`]: type, [`marshal${index}`]: marshalOf(type) });
  if ('address' in spot) parts.stores.push(emitters.ptr.store(`(d + ${at})`, slotAt(spot.address)));
  else if ('pieces' in spot) parts.stores.push(copying(at, spot.pieces));
  parts.objects.push(
    `index = ${index};${holdsPointers(type) ? ` call.argument = ${index};` : ''} if (typeof ${argument} === 'object') marshal${index}.put(w, p + ${at}, ${argument}, call); ` +
      `else putByAddress(type${index}, w, p + ${at}, ${argument});`,
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
 * How the result is had: statements before the stores, after C has returned, and an expression.
 * @param {CType} type
 * @param {Spot} spot
 * @param {Parts} parts
 * @returns {{ entry: string, gather: string[], load: string | undefined }}
 */
function receive(type, spot, parts) {
  if (!type.record) {
    const { string, load } = emitters[type.base];
    if (string) return { entry: 'const result = enterForString', gather: [], load: 'result' };
    const loaded = load?.(slotAt(/** @type {ScalarSpot} */ (spot).offset));
    if (type.make) parts.values.make = type.make;
    return { entry: 'enter', gather: [], load: type.make ? `make(${loaded})` : loaded };
  }
  parts.values.receive = resultReader(type);
  const whole = wholeAt(spot);
  if (whole !== undefined) return { entry: 'enter', gather: [], load: `receive(frameView, ${whole})` };
  if ('pieces' in spot) {
    const { gathered } = offsets;
    const gather = spot.pieces.map(
      ({ offset, from }) => `copyWords(frameView, ${offset}, frameView, ${gathered + from}, 8);`,
    );
    return { entry: 'enter', gather, load: `receive(frameView, ${gathered})` };
  }
  const at = reserve(type, parts);
  parts.stores.push(emitters.ptr.store(`(d + ${at})`, slotAt(/** @type {{ address: number }} */ (spot).address)));
  return { entry: 'enter', gather: [], load: `receive(w, p + ${at})` };
}

/**
 * The source of a signature's stubs, in pieces between which the function's number goes, and the values it
 * refers to besides what all stubs do.
 * @param {import('./signature.js').Signature} signature
 * @returns {{ pieces: string[], values: Record<string, unknown> }}
 */
function stubSource({ params, spots, result, resultSpot }) {
  /** @type {Parts} */
  const parts = {
    room: { size: 0, align: 8 },
    objects: [],
    reads: [],
    stores: [`u32[${offsets.target / 4}] = ${NUMBER};`],
    kept: [],
    values: {},
  };
  params.forEach((type, index) => {
    const spot = spots[index];
    if (type.record) passRecord(type, index, spot, parts);
    else if (type.lent) passLent(type, index, /** @type {ScalarSpot} */ (spot).offset, parts);
    else passScalar(type, index, /** @type {ScalarSpot} */ (spot).offset, parts);
  });
  const { entry, gather, load } = receive(result, resultSpot, parts);
  const { room, objects, reads, stores, kept, values } = parts;
  const isPlain = objects.length === 0 && room.size === 0;
  const enter = `${entry}(${[...kept, ...(isPlain ? [] : ['call', 'w'])].join(', ')});`;
  const gives = params.some((type) => type.lent && type.lent.direction !== 'in');
  const after = [...gather];
  if (gives && load) after.push(`const value = ${load};`);
  if (gives) after.push(`if (call.loans) giveBackLoans(call.loans, symbolOf(${NUMBER}));`);
  if (load) after.push(`return ${gives ? 'value' : load};`);
  const count = `if (arguments.length !== ${params.length}) refuseCount(${NUMBER}, arguments.length);`;
  const body = isPlain
    ? [...reads, ...stores, enter]
    : [
        'let index = 0, p, w, d;',
        `const call = ${needsCall(params) ? 'new Call()' : 'images'}, scratchFloor = u32[${offsets.scratchFloor / 4}], heapFloor = u32[${offsets.heapFloor / 4}];`,
        'try {',
        ...(room.size > 0 ? [`p = call.take(${room.size}, ${room.align}); w = call.view; d = call.address;`] : []),
        ...objects,
        ...reads,
        'call.settle(scratchFloor, heapFloor);',
        ...stores,
        `} catch (error) { abandon(${NUMBER}, index, error, call, scratchFloor, heapFloor); }`,
        enter,
      ];
  const text = `function (${params.map((_, index) => `a${index}`).join(', ')}) {\n${[count, ...body, ...after].join('\n')}\n}`;
  return { pieces: text.split(NUMBER), values };
}

module.exports = { stubSource };
