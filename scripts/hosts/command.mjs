// How hosts run a program.

/** @param {string} host the path of its program @param {string[]} flags of V8, where it is V8's */
export function hostCommand(host, flags = []) {
  if (/\bdeno[^/]*$/.test(host)) {
    const forEngine = flags.length > 0 ? [`--v8-flags=${flags.join()}`] : [];
    return [host, ['run', '--quiet', '--allow-all', ...forEngine]];
  }
  return /\bbun[^/]*$/.test(host) ? [host, []] : [host, ['--no-warnings', ...flags]];
}
