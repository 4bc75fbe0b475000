'use strict';
// What isolates log, on stderr. `info` is an audit trail: each library, symbol, call and allocation.

const { print } = require('../print.js');
const { isMainThread, threadId } = require('node:worker_threads');

/** Each has what those before it have. @typedef {'error' | 'warn' | 'info' | 'debug'} Level */

/** @type {readonly Level[]} */
const LEVELS = ['error', 'warn', 'info', 'debug'];

/** What is logged when nobody says: what the program does not learn in another way. @type {Level} */
const USUAL = 'warn';

const asked = process.env.ARKFFI_LOG;

/** The level of isolates that are not given one. @type {Level} */
const usualLevel = LEVELS.find((level) => level === asked) ?? USUAL;

if (asked && asked !== usualLevel && isMainThread) {
  print(`arkffi: ARKFFI_LOG knows ${LEVELS.join(', ')}, but not '${asked}'\n`);
}

const worker = isMainThread ? '' : ` worker ${threadId}`;

/** @typedef {(event: string, text: string) => void} Write */

/**
 * Where one isolate logs. What is not logged is `undefined`, so that callers can leave out the work for it:
 * `log.info?.(…)`.
 */
class Log {
  /** @type {Write | undefined} */
  error;
  /** @type {Write | undefined} */
  warn;
  /** @type {Write | undefined} */
  info;
  /** @type {Write | undefined} */
  debug;

  /** @param {Level} most @param {() => number | undefined} pid of the helper, which changes when it is restarted */
  constructor(most, pid) {
    for (const level of LEVELS.slice(0, LEVELS.indexOf(most) + 1)) {
      this[level] = (/** @type {string} */ event, /** @type {string} */ text) => {
        const time = new Date().toISOString();
        print(`${time} arkffi${worker} helper ${pid() ?? '-'} ${level} ${event} ${oneLine(text)}\n`);
      };
    }
  }
}

/** Text of users' and of libraries' begins no line of its own. @param {string} text */
const oneLine = (text) =>
  text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

module.exports = { LEVELS, Log, usualLevel };
