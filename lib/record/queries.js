'use strict';
// Questions about layouts.

const { createError } = require('../errors.js');
const { describe } = require('../describe.js');
const { resolveType } = require('../types.js');
const { StructSchema } = require('./schema.js');

/** @param {string} caller @param {unknown} given @returns {import('../types.js').CType} */
function objectType(caller, given) {
  const type = resolveType(given, `${caller}: argument 0`, caller, 0);
  if (type.kind !== 'bits' && type.base !== 'void') return type;
  const message = `${caller}: argument 0: ${describe(given)} has no size in bytes`;
  throw createError('ERR_INVALID_ARG_TYPE', message, caller, 0);
}

/** The size of a type in bytes. @param {unknown} type */
const sizeof = (type) => objectType('sizeof', type).size;

/** The alignment of a type in bytes. @param {unknown} type */
const alignof = (type) => objectType('alignof', type).align;

/** Where a member starts: in bytes, or of a bit-field in bits. @param {unknown} schema @param {string} field */
const offsetof = (schema, field) => StructSchema.offsetOf(schema, field);

module.exports = { sizeof, alignof, offsetof };
