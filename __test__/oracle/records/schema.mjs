// Declares drawn types to arkffi as a program may write them.
import { numbers } from '../numbers.mjs';

/** Spelled so, an array of it is text. */
const TEXT = ['char', 'c'];

const numberOf = (value) =>
  value === BigInt(Number(value)) && Number.isSafeInteger(Number(value)) ? Number(value) : value;

/**
 * @param {object} arkffi
 * @param {(type: string, word: string, random: any) => string} spell
 * @param {any} random chooses among the ways to write a type
 */
export function createDeclarer(arkffi, spell, random) {
  const made = new Map();

  function element({ type, word }) {
    let name;
    do name = spell(type, word, random);
    while (TEXT.includes(name));
    return name;
  }

  function member({ type, width, align, anonymous, unnamed, preset }) {
    const declared = type.kind === 'scalar' ? spell(type.type, type.word, random) : of(type);
    const plain = width === undefined ? declared : arkffi.bits(declared, width);
    if (!align && !anonymous && !unnamed && preset === undefined && random.chance(0.8)) return plain;
    const options = { type: plain };
    if (align) options.align = align;
    if (preset !== undefined) options.default = numbers[type.type].argument(preset, random);
    if (anonymous) options.anonymous = true;
    if (unnamed) options.unnamed = true;
    return options;
  }

  function record({ isUnion, pack, align, members }) {
    const fields = Object.fromEntries(members.map((each) => [each.name, member(each)]));
    const options = {};
    if (pack) options.pack = pack;
    if (align) options.align = align;
    if (isUnion) return arkffi.Union(fields, options);
    return random.chance(0.2) ? new arkffi.StructSchema(fields, options) : arkffi.Struct(fields, options);
  }

  function make(type) {
    switch (type.kind) {
      case 'enum':
        return arkffi.enumeration(
          Object.fromEntries(type.entries.map(([name, value]) => [name, numberOf(value)])),
          ...(type.given ? [type.given] : []),
        );
      case 'opaque':
        return arkffi.opaque(type.tag);
      case 'chars':
        return arkffi.array('char', type.count);
      case 'array':
        return type.isFlexible ? arkffi.array(of(type.element)) : arkffi.array(of(type.element), type.count);
      case 'pointer': {
        // One to the record it is in is only known later.
        const isLater = type.to.kind === 'record' && (!made.has(type.to) || random.chance(0.3));
        return arkffi.pointer(isLater ? () => of(type.to) : of(type.to));
      }
      default:
        return record(type);
    }
  }

  /** The same type for the same declaration, except that scalars are spelled anew. */
  function of(type) {
    if (type.kind === 'scalar') return element(type);
    if (!made.has(type)) made.set(type, make(type));
    return made.get(type);
  }
  return of;
}
