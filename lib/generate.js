'use strict';
// Whether this host lets us make code.

/** @type {boolean} */
const canGenerate = (() => {
  try {
    return new Function('return true')();
  } catch {
    return false;
  }
})();

module.exports = { canGenerate };
