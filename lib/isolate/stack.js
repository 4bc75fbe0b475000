'use strict';
// Whether there is stack left. Between a question and its answer no error may come that there is none: the other side
// would wait.

const { apply } = Reflect;

/** So many words are pushed to see whether there is room for them; what is done between two messages takes less. */
const WORDS = Array(8192).fill(0);

const nothing = () => {};

/** Throws the engine's RangeError when there is not much stack left. */
function demandStack() {
  apply(nothing, undefined, WORDS);
}

module.exports = { demandStack };
