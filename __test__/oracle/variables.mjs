// How the arguments of variadic functions are given that their prototypes do not name.

/** The type that a value has which is given without one; undefined where it must be given. */
function typeOf(js) {
  switch (typeof js) {
    case 'number':
      if (Object.is(js, -0)) return undefined;
      return (js | 0) === js ? 'i32' : Number.isInteger(js) ? undefined : 'f64';
    case 'bigint':
      return BigInt.asIntN(64, js) === js ? 'i64' : 'u64';
    case 'object':
      return 'ptr';
    default:
      return { boolean: 'bool', string: 'cstring' }[typeof js];
  }
}

/**
 * @param {any} js
 * @param {string} type of the table
 * @param {string} spelling of it
 * @param {boolean} mayBePlain
 */
export const variable = (js, type, spelling, mayBePlain) => (mayBePlain && typeOf(js) === type ? js : [spelling, js]);
