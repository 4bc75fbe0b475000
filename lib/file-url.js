'use strict';
// Paths that are given as file: URLs.

/** @param {unknown} given @returns {given is string | URL} */
const isFileURL = (given) => given instanceof URL || (typeof given === 'string' && given.startsWith('file:'));

module.exports = { isFileURL };
