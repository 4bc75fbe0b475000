'use strict';
// Closing libraries, and telling who needs to know.

const native = require('../binding.js');
const { libraryClosed } = require('../owner.js');
const { tracing, trace } = require('../tracing.js');

/** What is open, by number. @type {{ opened: Map<number, import('../leaks.js').Live> }} */
const { opened } = native;

/** @param {number} library unknown and closed ones are ignored */
function closeLibrary(library) {
  if (tracing.libraries && opened.has(library)) trace('dlclose', [opened.get(library)?.name]);
  opened.delete(library);
  native.closeLibrary(library);
  libraryClosed(library);
}

module.exports = { closeLibrary };
