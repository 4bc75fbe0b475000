'use strict';
// Hosts that may load native addons, but were started without leave to.

/**
 * What is said of an addon that the host refused to load; undefined when that is not why it was not loaded.
 * @param {any} error
 * @returns {string | undefined}
 */
function whyForbidden(error) {
  const is = 'arkffi is a native addon, and this process was started';
  if (error.code === 'ERR_DLOPEN_DISABLED') {
    return /** @type {any} */ (process).permission
      ? `${is} with --permission, without leave to load addons: start it with --allow-addons too`
      : `${is} with --no-addons: start it without`;
  }
  if (error.name === 'NotCapable') return `${is} without leave to load addons: start it with --allow-ffi`;
}

module.exports = { whyForbidden };
