// Writes types of a parsed unit as C, for the compiler to compare.

/** Gives `spell(type, declarator)`, which returns null for what C cannot name. */
export function createSpeller(unit) {
  const qualified = (type, text) => `${type.const ? 'const ' : ''}${type.volatile ? 'volatile ' : ''}${text}`;
  const words = { __int128: '__int128', va_list: '__builtin_va_list' };

  function base(type) {
    switch (type.kind) {
      case 'void':
        return 'void';
      case 'bool':
        return '_Bool';
      case 'int':
      case 'float':
        return type.name;
      case 'opaque':
        return type.name === 'vector' || type.size === null ? null : (words[type.name] ?? type.name);
      case 'typedef':
        return unit.typedefs[type.typedef].name;
      case 'record': {
        const { tag, union } = unit.records[type.record];
        return tag ? `${union ? 'union' : 'struct'} ${tag}` : null;
      }
      case 'enum': {
        const { tag } = unit.enums[type.enum];
        return tag ? `enum ${tag}` : null;
      }
      default:
        throw new Error(`what is a ${type.kind}?`);
    }
  }

  function spell(type, declarator) {
    switch (type.kind) {
      case 'pointer':
        return spell(type.to, `(*${qualified(type, declarator)})`);
      case 'array':
        return spell(type.of, `${declarator}[${type.length ?? ''}]`);
      case 'function': {
        const params = type.params.map((param) => spell(param.type, ''));
        if (params.includes(null)) return null;
        if (type.variadic) params.push('...');
        const list = params.length > 0 ? params.join(', ') : type.unprototyped ? '' : 'void';
        return spell(type.result, `${declarator}(${list})`);
      }
      default: {
        const text = base(type);
        return text === null ? null : `${qualified(type, text)} ${declarator}`;
      }
    }
  }

  return spell;
}
