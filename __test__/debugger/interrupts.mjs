// What a debugger may do between any two steps of a program: run code in it. V8 lets that in where a function begins. Here
// breakpoints at the beginning of functions of the package's have a condition, which runs code, and is never met.
import { Session } from 'node:inspector';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../..');

/** A session with this very thread, whose commands are done at once. */
function connect() {
  const session = new Session();
  session.connect();
  const post = (method, params = {}) => {
    let answer;
    session.post(method, params, (error, result) => {
      if (error) throw new Error(`${method}: ${error.message}`);
      answer = result;
    });
    return answer;
  };
  return { session, post };
}

/** Where the lines of a text begin. */
function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Where a character of a script is, as the debugger says it. */
function locate(scriptId, starts, offset) {
  let lineNumber = 0;
  while (lineNumber + 1 < starts.length && starts[lineNumber + 1] <= offset) lineNumber++;
  return { scriptId, lineNumber, columnNumber: offset - starts[lineNumber] };
}

/** Whether a script is the package's own: a file of it, or made of nothing but its texts. */
function isOwn({ url }) {
  const file = url.startsWith('file://') ? new URL(url).pathname : url;
  return file === '' || file.startsWith(path.join(folder, 'lib') + path.sep);
}

export class Debugger {
  #session;
  #post;
  /** What the condition of the breakpoint that is set asks. */
  #ask = () => {};

  constructor() {
    const { session, post } = connect();
    this.#session = session;
    this.#post = post;
    post('Debugger.enable');
    globalThis.isInterrupted = () => {
      this.#ask();
      return false;
    };
  }

  close() {
    this.#session.disconnect();
    delete globalThis.isInterrupted;
  }

  /**
   * Where the functions of the package's begin that a program calls, and how often it calls each.
   * @param {() => unknown} program
   */
  async places(program) {
    const post = this.#post;
    post('Profiler.enable');
    post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await program();
    const { result } = post('Profiler.takePreciseCoverage');
    post('Profiler.stopPreciseCoverage');
    post('Profiler.disable');
    return result.filter(isOwn).flatMap((script) => this.#placesIn(script));
  }

  #placesIn({ scriptId, url, functions }) {
    const { scriptSource } = this.#post('Debugger.getScriptSource', { scriptId });
    const starts = lineStarts(scriptSource);
    return functions.flatMap(({ functionName, ranges: [{ startOffset, endOffset, count }] }) => {
      // V8 12.4 cannot run code in these; and the file itself is none.
      if (functionName.startsWith('<')) return [];
      if (count === 0 || (startOffset === 0 && functionName === '')) return [];
      const [start, end] = [startOffset, endOffset].map((offset) => locate(scriptId, starts, offset));
      const [location] = this.#post('Debugger.getPossibleBreakpoints', { start, end }).locations;
      if (!location) return [];
      const name = `${path.basename(url) || 'generated'}:${location.lineNumber + 1} ${functionName}`;
      return [{ name, count, location: { ...location, type: undefined } }];
    });
  }

  /**
   * Runs a program in which code is run once where a function begins.
   * @param {{ location: object }} place
   * @param {number} time which of the calls of the function
   * @param {() => void} code
   * @param {() => T} program
   * @returns {T}
   * @template T
   */
  run({ location }, time, code, program) {
    let calls = 0;
    const { breakpointId } = this.#post('Debugger.setBreakpoint', { location, condition: 'isInterrupted()' });
    this.#ask = () => {
      if (calls++ === time) code();
    };
    const end = () => this.#post('Debugger.removeBreakpoint', { breakpointId });
    let result;
    try {
      result = program();
    } finally {
      if (!(result instanceof Promise)) end();
    }
    return result instanceof Promise ? result.finally(end) : result;
  }
}
