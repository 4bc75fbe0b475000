'use strict';
// The numbers of messages, and what their headers have; as in src/isolate/message.rs and src/exports/isolate.rs.

/** What a message is. */
const HELLO = 1;
const READY = 2;
const CALL = 3;
const RESULT = 4;
const FAILURE = 5;
const ASK = 6;
const TOLD = 7;
const CALLBACK = 8;
const ANSWER = 9;
const START = 10;
const SETTLED = 11;

/** What comes instead of one. */
const LATE = 100;
const ENDED = 101;
const MALFORMED = 102;
const LOOP = 103;

/** Flags: the body is JSON; it is a string result; the result is `null`; the string is UTF-16. */
const TEXT = 1;
const STRING = 2;
const NULL = 4;
const WIDE = 8;

/** Of an answer: the callback has thrown, so C gets the default. */
const DEFAULT = 16;

/** Bytes of the longest body. */
const MOST_BODY = 2 ** 26;

/** Bytes of all result registers. */
const RESULTS = 48;

/** The code of a failure that is the engine's RangeError. */
const NO_STACK = 'NO_STACK';

/** What is no function's number. */
const MISSING = -1;

/** Another major version is refused, another minor one warns. */
const VERSION = { major: 1, minor: 0 };

module.exports = {
  ...{ HELLO, READY, CALL, RESULT, FAILURE, ASK, TOLD, CALLBACK, ANSWER, START, SETTLED },
  ...{ LATE, ENDED, MALFORMED, LOOP },
  ...{ TEXT, STRING, NULL, WIDE, DEFAULT, MISSING, MOST_BODY, NO_STACK, RESULTS, VERSION },
};
