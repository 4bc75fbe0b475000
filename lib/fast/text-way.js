'use strict';
// Calls with strings that the engine itself hands to Rust, which copies them on the way into C. One call of the engine's
// does what else takes two: one for the copy, and one for the call.

const native = require('../binding.js');
const { CALLEE } = require('../slots.js');
const { frameCallerFor } = require('./provider.js');
const { COUNT, ERRNO, STATUS, reentersOf } = require('./way.js');

const { seeTo } = native;

/** So many strings are passed; where their addresses go fits one integer. */
const MOST = 2;
const BITS = 16;

/**
 * The statements of such a call: when all strings are given as strings, and everything else is right, it is made and the
 * stub ends. Otherwise the stub goes on, and nothing has happened.
 * @param {import('../signature.js').Signature} signature of scalars
 * @param {import('../stub-source.js').Scalar[]} scalars
 * @param {string} clears a statement before the call
 * @param {string[]} after statements that give the result, which is in the frame
 * @param {Record<string, unknown>} scope gets what the statements refer to
 * @returns {string | undefined} undefined where there is no such way
 */
function byTexts(signature, scalars, clears, after, scope) {
  const texts = scalars.filter(({ type }) => type.base === 'cstring' && !type.text);
  if (texts.length === 0 || texts.length > MOST || texts.some(({ offset }) => offset >>> BITS !== 0)) return undefined;
  const others = scalars.filter((scalar) => !texts.includes(scalar));
  // To read such an argument takes scratch memory.
  if (others.some(({ type }) => type.text)) return undefined;
  const reenters = reentersOf(signature);
  if (reenters === 'never') return undefined;
  const kept = others.flatMap((scalar) => scalar.kept ?? []);
  const isApart = reenters === 'apart';
  const caller = frameCallerFor(kept.length, texts.length, { isApart, clears: clears !== '', lowers: false });
  if (caller === null) return undefined;
  // See `ByValues`.
  const name = isApart ? 'apartTextCaller' : 'textCaller';
  scope[name] = caller;
  const places = texts.reduce((sum, { offset }, index) => sum + offset * 2 ** (BITS * index), 0);
  const given = texts.map(({ index }) => `a${index}`);
  const areStrings = given.map((argument) => `typeof ${argument} === 'string'`).join(' && ');
  const areRight = others.map(({ invalid }) => `!(${invalid})`).join(' && ') || 'true';
  // A string that is refused after all leaves it as it was.
  const [keeps, restores] = clears ? [`const before = ${ERRNO};`, `${ERRNO} = before;`] : ['', ''];
  scope.seeTo = seeTo;
  return [
    `if (${areStrings}) {`,
    ...others.map(({ read }) => read),
    `if (${areRight}) {`,
    isApart ? `const calls = ${COUNT};` : '',
    ...others.map(({ store }) => store),
    keeps,
    clears,
    `${name}(${[CALLEE, ...(isApart ? ['calls'] : []), places, ...given, ...kept].join(', ')});`,
    `if (${STATUS} !== 1) {`,
    `if (${STATUS} === 3) seeTo();`,
    ...after,
    // Also where there is no result to give.
    'return;',
    `} ${restores} } }`,
  ].join('\n');
}

module.exports = { byTexts };
