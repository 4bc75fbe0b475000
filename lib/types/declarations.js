'use strict';
// How records and arrays were declared to Rust, by their numbers: another process can declare the same.

/**
 * @typedef {object} Declaration
 * @property {'record' | 'array'} kind
 * @property {number[]} parts the numbers of the types of members, or of elements
 * @property {number[]} words of a record, what `declareRecord` was given; of an array, how many elements
 */

/** @type {Map<number, Declaration>} */
const declarations = new Map();

module.exports = { declarations };
