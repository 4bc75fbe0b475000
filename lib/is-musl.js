'use strict';

/** Whether a C library of Linux other than glibc runs this process. It takes milliseconds to find out. */
function isMusl() {
  const { header } = /** @type {any} */ (process.report?.getReport?.() ?? {});
  return process.platform === 'linux' && header !== undefined && header.glibcVersionRuntime === undefined;
}

module.exports = { isMusl };
