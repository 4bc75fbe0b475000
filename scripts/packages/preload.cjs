'use strict';
// The modules of arkffi that every program needs, so that one file is read for them, and those that nearly every program
// needs later. They are the files next to this one, word for word; scripts/packages/at-once.mjs puts them here.

/**
 * Runs modules, and leaves them where `require` finds them, as if it had read their files.
 * @param {Record<string, Function>} first what `require` makes of a file, by its path in this folder; in the order in
 *   which they begin to run
 * @param {Record<string, Function>} later the same for modules that run when one of these asks for them
 */
function preload(first, later) {
  const path = require('node:path');
  const Module = require('node:module');
  const { cache } = require;
  const sources = { ...first, ...later };
  // Test runners and loaders that have modules of another kind read the files.
  if (!cache || module.constructor !== Module) return;

  /** @param {string} name */
  const load = (name) => {
    const filename = path.join(__dirname, name);
    if (cache[filename]) return cache[filename].exports;
    const made = new Module(filename, module);
    made.filename = filename;
    cache[filename] = made;
    /** @type {NodeRequire | undefined} */
    let reader;
    const read = () => (reader ??= Module.createRequire(filename));
    /** @param {string} id */
    const ask = (id) => {
      if (!id.startsWith('.')) return require(id);
      const other = path.posix.join(path.posix.dirname(name), id);
      return Object.hasOwn(sources, other) ? load(other) : read()(id);
    };
    /** @param {string} id */
    ask.resolve = (id) => read().resolve(id);
    try {
      sources[name].call(made.exports, made.exports, ask, made, filename, path.dirname(filename));
    } catch (error) {
      delete cache[filename];
      throw error;
    }
    made.loaded = true;
    return made.exports;
  };
  for (const name of Object.keys(first)) load(name);
}
