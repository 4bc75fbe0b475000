'use strict';
// The modules of arkffi that every program needs, so that one file is read for them, and those that nearly every program
// needs later. They are the files next to this one, without their comments; scripts/packages/at-once.mjs puts them here.

/**
 * Runs modules, and leaves them where `require` finds them, as if it had read their files.
 * @param {(string | Function)[]} modules the path of each in this folder, and what `require` makes of its file; in the order
 *   in which they begin to run
 * @param {number} count how many of them run at once; the others do when one of these asks for them
 * @param {string[]} others the paths of those that are in the file `deferred-modules.js`
 */
function preload(modules, count, others) {
  const path = require('node:path');
  const { cache } = require;
  const Module = /** @type {any} */ (module.constructor);
  // Test runners and loaders that have modules of another kind read the files.
  if (!cache || Module._cache !== cache) return;

  /** @type {Map<string, Function>} */
  const sources = new Map();
  /** @param {(string | Function)[]} some */
  const add = (some) => {
    for (let at = 0; at < some.length; at += 2) sources.set(some[at], some[at + 1]);
  };
  add(modules);
  const deferred = new Set(others);
  const index = path.join(__dirname, '..', 'index.js');
  const isImported = () => !Object.values(cache).some((one) => one?.children.includes(cache[index]));
  /** @param {string} name */
  const isHere = (name) => {
    if (deferred.has(name)) {
      deferred.clear();
      // It asks for all that is exported. Other programs need few.
      if (isImported()) add(require('./deferred-modules.js'));
    }
    return sources.has(name);
  };
  const start = __dirname + path.sep;

  /** @param {string} name */
  const load = (name) => {
    const filename = start + (path.sep === '/' ? name : name.replaceAll('/', path.sep));
    if (cache[filename]) return cache[filename].exports;
    const made = new Module(filename, module);
    made.filename = filename;
    cache[filename] = made;
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    /** @type {NodeRequire | undefined} */
    let reader;
    const read = () => (reader ??= Module.createRequire(filename));
    /** @param {string} id */
    const ask = (id) => {
      if (!id.startsWith('.')) return require(id);
      const other = id.startsWith('./') ? folder + id.slice(2) : path.posix.join(folder, id);
      return isHere(other) ? load(other) : read()(id);
    };
    /** @param {string} id */
    ask.resolve = (id) => (id.startsWith('.') ? read() : require).resolve(id);
    try {
      sources.get(name).call(made.exports, made.exports, ask, made, filename, path.dirname(filename));
    } catch (error) {
      delete cache[filename];
      throw error;
    }
    made.loaded = true;
    return made.exports;
  };
  for (let at = 0; at < 2 * count; at += 2) load(modules[at]);
}
