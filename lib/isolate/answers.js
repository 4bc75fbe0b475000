'use strict';
// What a helper answers, looked at before it is used: C in the helper can have it say anything.

const native = require('../binding.js');
const { createError } = require('../errors.js');
const { MISSING, NO_STACK } = require('./kinds.js');

const MOST = 2 ** 32;
const { parse } = JSON;

/** @param {unknown} value */
const isNumber = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < MOST;
/** @param {unknown} value */
const isAddress = (value) => typeof value === 'string' && /^[0-9]{1,20}$/.test(value);
/** @param {unknown} value */
const isNull = (value) => value === null;

/** By what was asked. @type {Record<string, (value: any, question: any) => boolean>} */
const answers = {
  load: isNumber,
  close: isNull,
  bind: (value, { functions }) =>
    Array.isArray(value) &&
    value.length === functions.length &&
    value.every((number, index) => isNumber(number) || (number === MISSING && functions[index].optional)),
  callback: isAddress,
  find: isAddress,
  copy: isNull,
  text: (value) => value === null || typeof value === 'string',
  withdraw: (value) => typeof value === 'boolean',
  ping: (value) => value === 'pong',
  hello: (value) => isNumber(value?.major) && isNumber(value?.minor),
};

/** @param {string} text @returns {any} undefined for what is no JSON */
function valueOf(text) {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} text
 * @param {{ op: string }} question
 * @returns {any} undefined for what is no answer
 */
function answerOf(text, question) {
  const value = valueOf(text);
  return value !== undefined && answers[question.op](value, question) ? value : undefined;
}

/** @type {Set<string> | undefined} */
let codes;

/**
 * The error that a helper tells of.
 * @param {string} text
 * @param {string | undefined} symbol of the call; undefined when the helper tells that too
 */
function failureOf(text, symbol) {
  const value = valueOf(text);
  const of = (/** @type {string} */ key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined);
  const [code, message, told, cause] = ['code', 'message', 'symbol', 'cause'].map(of);
  if (code === NO_STACK) return new RangeError('Maximum call stack size exceeded');
  codes ??= new Set(native.codes().map((/** @type {{ code: string }} */ row) => row.code));
  const own = symbol ?? (typeof told === 'string' ? told : undefined);
  const error = createError(codes.has(code) ? code : 'ERR_CALL_FAILED', String(textOf(message)), own);
  if (typeof cause !== 'string') return error;
  return Object.defineProperty(error, 'cause', { value: new Error(cause), writable: true, configurable: true });
}

/** @param {any} value */
const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {unknown} message */
const textOf = (message) => (typeof message === 'string' ? message : 'the helper process says no more');

module.exports = { answerOf, failureOf };
