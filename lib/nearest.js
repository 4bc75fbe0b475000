'use strict';
// What a misspelt word may have meant, as the end of a message.

const native = require('./binding.js');

/**
 * @param {string} word
 * @param {string[]} known
 * @returns {string} empty when none of them is like it
 */
function didYouMean(word, known) {
  const nearest = native.nearest(word, known);
  return nearest ? `; did you mean '${nearest}'?` : '';
}

module.exports = { didYouMean };
