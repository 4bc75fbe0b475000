'use strict';
// The source of stubs: numbers and identifiers of ours, nothing of the user's.

const { emitters } = require('./emitters.js');
const { COUNT, ERRNO, byFrame, direct, fill, textsOf } = require('./fast/way.js');
const { traits } = require('./fast/provider.js');
const { byTexts } = require('./fast/text-way.js');
const { offsets } = require('./frame.js');
const { FLOOR, HEAP_FLOOR, TOP } = require('./scratch.js');
const { hasOwnText } = require('./signature.js');
const { NUMBER, slotAt } = require('./slots.js');

/** @typedef {import('./types.js').CType} CType */
/** @typedef {import('./signature.js').Spot} Spot */
/** @typedef {import('./signature.js').ScalarSpot} ScalarSpot */

/**
 * What a stub is put together from.
 * @typedef {object} Parts
 * @property {{ size: number, align: number }} room for images of records
 * @property {string[]} objects statements that read objects; code of the user's may run in them
 * @property {string[]} reads statements that read everything else
 * @property {Scalar[]} scalars
 * @property {string[]} stores
 * @property {string[]} kept what must stay reachable until C returns
 * @property {Record<string, unknown>} values what they refer to
 * @property {boolean} isChecked what is read at addresses is checked
 */

/**
 * The texts for a scalar parameter.
 * @typedef {object} Scalar
 * @property {number} index
 * @property {CType} type
 * @property {number} offset of its slot
 * @property {string} value as it is stored
 * @property {string} read a statement that makes the value of the argument, if they are not the same
 * @property {string} invalid a condition
 * @property {string} isDirect a condition: it is fit, and no BigInt, and so passed as it is
 * @property {string} store a statement
 * @property {string | undefined} kept what must stay reachable until C returns
 */

/**
 * @param {CType} type
 * @param {number} index
 * @param {number} offset
 * @param {Record<string, unknown>} values gets what the texts refer to
 * @returns {Scalar}
 */
function scalarOf(type, index, offset, values) {
  const { read, invalid, isDirect, store, keeps } = emitters[type.base];
  const argument = `a${index}`;
  if (type.accept) values[`accept${index}`] = type.accept;
  const accepted = type.accept ? `accept${index}(${argument})` : read?.(argument);
  const value = accepted ? `v${index}` : argument;
  const isUnfit = invalid(value);
  // Not a Number: the engine would make an object of it.
  const object = type.base === 'buffer' ? argument : `(typeof ${argument} === 'object' ? ${argument} : null)`;
  return {
    index,
    type,
    offset,
    value,
    read: accepted ? `const ${value} = ${accepted};` : '',
    invalid: isUnfit,
    isDirect: isDirect?.(value) ?? `!(${isUnfit})`,
    store: store(value, slotAt(offset)),
    kept: keeps ? object : undefined,
  };
}

/**
 * Has Rust give back the scratch memory of the call when C has returned, also where the engine has stopped the script by then, which
 * runs no `finally`.
 */
const LOWER = `u32[${FLOOR}] = scratchFloor; u32[${HEAP_FLOOR}] = heapFloor;`;

/** A scalar parameter. @param {Scalar} scalar @param {Parts} parts */
function passScalar(scalar, { scalars, reads, stores, kept }) {
  scalars.push(scalar);
  const { index } = scalar;
  reads.push(scalar.read, `if (${scalar.invalid}) refuse(${NUMBER}, ${index}, a${index});`);
  stores.push(scalar.store);
  if (scalar.kept) kept.push(scalar.kept);
}

/**
 * How the result is had: statements before the stores, after C has returned, and an expression.
 * @param {CType} type
 * @param {Spot} spot
 * @param {Parts} parts
 * @param {import('./signature.js').Signature} signature
 * @returns {{ entry: string, gather: string[], load: string | undefined }}
 */
function receive(type, spot, parts, signature) {
  if (!type.record) {
    const { string, load } = emitters[type.base];
    // More than UTF-8 that belongs to C.
    const isOwnText = hasOwnText(signature);
    const texts = string && !isOwnText ? textsOf(signature) : undefined;
    if (texts) {
      Object.assign(parts.values, texts);
      return { entry: 'enter', gather: [], load: undefined };
    }
    if (string) return { entry: isOwnText ? 'enterForText' : 'enterForString', gather: [], load: 'result' };
    const loaded = load?.(slotAt(/** @type {ScalarSpot} */ (spot).offset));
    if (type.make) parts.values.make = type.make;
    return { entry: 'enter', gather: [], load: loaded };
  }
  return require('./stub-objects.js').receiveRecord(type, spot, parts);
}

/** The quick way for buffers, where there is one. @type {typeof import('./fast/buffer-way.js').byBuffers} */
function byBuffers(...given) {
  return traits().takesBuffers ? require('./fast/buffer-way.js').byBuffers(...given) : undefined;
}

/**
 * The checks of everything at once: the shorter a stub is, the more of its calls engines put where they are made. Only for
 * arguments that `isReadFreely` allows.
 * @param {Scalar[]} scalars
 * @returns {import('./fast/way.js').Checks}
 */
function checksOf(scalars) {
  const args = scalars.map(({ index }) => `a${index}`);
  return {
    areFit: [`arguments.length === ${scalars.length}`, ...scalars.map(({ isDirect }) => isDirect)].join(' && '),
    refuse(count) {
      const areUnfit = [`${count} !== ${scalars.length}`, ...scalars.map(({ invalid }) => invalid)].join(' || ');
      return `if (${areUnfit}) refuseCall(${[NUMBER, count, ...args].join(', ')});`;
    },
  };
}

/** Whether reading such an argument has no effects, and `refuseCall` does it in the same way. @type {(scalar: Scalar) => boolean} */
const isReadFreely = ({ type }) => !type.accept && type.base !== 'cstring';

/**
 * The body of a function that makes stubs of a signature, of the variables `number` and `callee`, and the values it refers to besides
 * what all stubs do.
 * @param {import('./signature.js').Signature} signature
 * @returns {{ source: string, values: Record<string, unknown> }}
 */
function stubSource(signature) {
  const { params, spots, result, resultSpot, outcome } = signature;
  /** @type {Parts} */
  const parts = {
    room: { size: 0, align: 8 },
    objects: [],
    reads: [],
    scalars: [],
    stores: [],
    kept: [],
    values: {},
    isChecked: signature.isChecked,
  };
  const hasObjects = result.record !== undefined || params.some((type) => type.record || type.lent);
  if (hasObjects) Object.assign(parts.values, require('./passing.js'));
  params.forEach((type, index) => {
    const spot = spots[index];
    // Loaded where it is needed: programs without records need not wait for it.
    if (type.record || type.lent) require('./stub-objects.js').passObject(type, index, spot, parts);
    else passScalar(scalarOf(type, index, /** @type {ScalarSpot} */ (spot).offset, parts.values), parts);
  });
  const received = receive(result, resultSpot, parts, signature);
  const { entry, gather } = received;
  const { room, objects, reads, scalars, stores, kept, values } = parts;
  const isPlain = objects.length === 0 && room.size === 0;
  if (!isPlain) kept.push('call', 'w');
  const isTextLater = 'otherText' in values;
  const load = isTextLater ? `quickText() ?? otherText(${[NUMBER, ...kept].join(', ')})` : received.load;
  const [declared, assigned] = entry === 'enter' ? ['', ''] : ['let result;', 'result = '];
  const entering = `u32[${offsets.target / 4}] = ${NUMBER}; ${assigned}${entry}(${kept.join(', ')});`;
  const clears = outcome ? `${ERRNO} = 0;` : '';
  stores.push(clears);
  // The results of the other entries are made by Node-API.
  const mayBeFast = entry === 'enter';
  const names = params.map((_, index) => `a${index}`).join(', ');
  const restart = `return stub(${names});`;
  // Copies of strings may be another's as soon as a function has been called.
  const isNoted = isPlain && params.some(({ base }) => base === 'cstring');
  const isMoved = isNoted ? `${COUNT} !== calls` : undefined;
  // Among objects, everything else is read when it is stored, until nothing has come in between; see lib/frame.js.
  const storing = isPlain ? stores : ['index = 0;', ...reads, 'call.settle();', ...stores, 'index = -1;'];
  const filling = { stores: storing.join('\n'), isLong: !isPlain, lowers: isPlain ? '' : LOWER };
  const frameCall = {
    ...filling,
    kept,
    entering,
    restart: isPlain ? restart : undefined,
    isNoted,
    clears: clears !== '',
  };
  const enter = (mayBeFast && byFrame(signature, frameCall, values)) || `${fill(filling)} ${entering}`;
  const isScalar = mayBeFast && isPlain && !result.record;
  const passed = scalars.map(({ value }) => value);
  if (outcome) values.outcome = outcome;
  const opens = params.some((type) => type.lent?.opens);
  const gives = params.some((type) => type.lent && type.lent.direction !== 'in');
  /** What follows a call that has left `loaded`. @type {(loaded: string | undefined) => string[]} */
  const finish = (loaded) => {
    const made = loaded && entry === 'enter' && result.make ? `make(${loaded})` : loaded;
    const after = [...gather];
    if ((gives || opens) && made) after.push(`const value = ${made};`);
    if (opens) after.push('call.end();');
    if (gives) after.push(`if (call.loans) giveBackLoans(call.loans, symbolOf(${NUMBER}));`);
    const value = (gives || opens) && made ? 'value' : made;
    if (outcome) {
      after.unshift(`const errno = ${ERRNO};`);
      after.push(`return outcome(${value}, errno);`);
    } else if (value) after.push(`return ${value};`);
    // What C has left in scratch memory is kept until it is read.
    if (gives || result.record) after.unshift(`u32[${TOP}] = u32[${FLOOR}] = top;`);
    return after;
  };
  const count = `if (arguments.length !== ${params.length}) refuseCount(${NUMBER}, arguments.length);`;
  const opening = () => require('./stub-objects.js').opening(params, room);
  const quick = isScalar
    ? (byTexts(signature, scalars, clears, finish(load), values) ??
      byBuffers(signature, scalars, clears, finish, load, values))
    : undefined;
  const isTogether = isPlain && !quick && scalars.length > 0 && scalars.every(isReadFreely);
  const [noted, checked] = isNoted ? [`const calls = ${COUNT};`, `if (${isMoved}) ${restart}`] : ['', ''];
  const readings = isTogether ? scalars.map(({ read }) => read) : [noted, ...reads, checked];
  const checks = isTogether ? checksOf(scalars) : undefined;
  const way = isScalar
    ? direct(
        signature,
        { values: passed, kept, clears, otherwise: enter, load, isTextLater, finish, checks, restart, isMoved },
        values,
      )
    : undefined;
  const refuse = () => checks?.refuse('arguments.length') ?? '';
  const plain = way ? [...readings, way.enter] : [...readings, refuse(), declared, enter];
  const after = finish(way ? way.result : load);
  const whole = isPlain
    ? [...plain, ...after]
    : [
        ...opening(),
        ...objects,
        gives || result.record ? `const top = u32[${TOP}];` : '',
        declared,
        enter,
        ...after,
        `} catch (error) { if (index !== -1) abandon(${NUMBER}, index, error); throw error; }`,
        'finally { call.finish(scratchFloor, heapFloor); }',
      ];
  const again = way ? way.again : '';
  // Apart where it is seldom needed: engines put only short functions where they are called.
  const [other, own] = quick
    ? [`${again}\nfunction otherwise(${names}) {\n${whole.join('\n')}\n}`, [quick, `return otherwise(${names});`]]
    : [again, whole];
  const opened = isTogether ? own : [count, ...own];
  return { source: `${other}\nfunction stub(${names}) {\n${opened.join('\n')}\n}\nreturn stub;`, values };
}

module.exports = { stubSource };
