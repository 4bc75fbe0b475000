'use strict';
// When a function of ours (own.js) takes the place of a call by Node-API: to make one takes as long as some ten thousand such
// calls, and programs that make few need none.

/** So many calls go by Node-API before. */
const FEW = 10_000;

/**
 * @template {Function} T
 * @param {() => T | undefined} make asked once, and again later if it throws
 * @returns {() => T | undefined} to be asked before each call; undefined as long as that goes by Node-API
 */
function afterFew(make) {
  let left = FEW;
  /** @type {T | undefined} */
  let made;
  return () => {
    if (left > 0 && --left === 0) {
      try {
        made = make();
      } catch {
        // The stack ends here, or the program has changed what is needed.
        left = FEW;
      }
    }
    return made;
  };
}

module.exports = { afterFew };
