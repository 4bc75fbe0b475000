'use strict';
// When a function of ours (own.js) takes the place of a call by Node-API: to make one takes as long as some thousand such calls,
// and programs that make few need none.

/** So many calls go by Node-API before. */
const FEW = 100;

/**
 * @template {Function} T
 * @param {() => T | undefined} make asked once
 * @returns {() => T | undefined} to be asked before each call; undefined as long as that goes by Node-API
 */
function afterFew(make) {
  let left = FEW;
  /** @type {T | undefined} */
  let made;
  return () => {
    if (left > 0 && --left === 0) made = make();
    return made;
  };
}

module.exports = { afterFew };
