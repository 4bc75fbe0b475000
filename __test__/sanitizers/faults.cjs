'use strict';
// One mistake of C, called through arkffi: `node faults.cjs <compiled faults.c> <name>`.

const { alloc, dlopen } = require('../../index.js');

const [file, name] = process.argv.slice(2);
const { symbols } = dlopen(file, {
  write_behind: { args: ['ptr', 'int'] },
  read_freed: { args: ['ptr'], returns: 'int' },
  lose: { args: ['int'] },
});
const { malloc } = dlopen(null, { malloc: { args: ['size_t'], returns: 'ptr' } }).symbols;
const faults = {
  'write behind': () => symbols.write_behind(alloc(64), 64),
  'read freed': () => symbols.read_freed(malloc(64)),
  leak: () => symbols.lose(12_345),
};
/** @type {any} */ (faults)[name]();
