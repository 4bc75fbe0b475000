'use strict';
// Types as C writes them.

/** @typedef {import('./format.js').CUnit} CUnit */
/** @typedef {import('./format.js').CType} CType */

/**
 * A declaration in C.
 * @param {CUnit} unit
 * @param {CType} type
 * @param {string} [name] '' for a type alone
 * @returns {string}
 */
function spell(unit, type, name = '') {
  const prefix = `${type.const ? 'const ' : ''}${type.volatile ? 'volatile ' : ''}`;
  const base = (/** @type {string} */ word) =>
    `${prefix}${word}${name === '' || name.startsWith('[') ? '' : ' '}${name}`;
  switch (type.kind) {
    case 'void':
      return base('void');
    case 'bool':
      return base('bool');
    case 'int':
    case 'float':
    case 'opaque':
      return base(type.name);
    case 'typedef':
      return base(unit.typedefs[type.typedef].name);
    case 'record': {
      const { tag, union } = unit.records[type.record];
      return base(`${union ? 'union' : 'struct'} ${tag ?? '{…}'}`);
    }
    case 'enum':
      return base(`enum ${unit.enums[type.enum].tag ?? '{…}'}`);
    case 'pointer': {
      const inner = `*${prefix}${name}`;
      const isOuter = type.to.kind === 'array' || type.to.kind === 'function';
      return spell(unit, type.to, isOuter ? `(${inner})` : inner);
    }
    case 'array':
      return spell(unit, type.of, `${name}[${type.length ?? ''}]`);
    case 'function': {
      const params = type.params.map((param) => spell(unit, param.type, param.name));
      if (type.variadic) params.push('...');
      const list = params.length > 0 ? params.join(', ') : type.unprototyped ? '' : 'void';
      return spell(unit, type.result, `${name}(${list})`);
    }
  }
}

module.exports = { spell };
