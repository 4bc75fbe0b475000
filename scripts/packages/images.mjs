// What the headers of addons for macOS (Mach-O) and Windows (PE) say, of which there are tools on these systems only.
import { readFileSync } from 'node:fs';

const MACH_O_64 = 0xfeedfacf;
const ARM64 = 0x0100000c;
const SYMTAB = 0x2;
const CODE_SIGNATURE = 0x1d;
const LOAD_COMMANDS = 32;
const SYMBOL = 16;
const EXTERNAL = 0x01;
/** Names of Rust, but for the detours that zig's linker makes for calls over long distances. */
const RUST = /^__(R|ZN)(?!.*__thunk$)/;

/** What follows each load command's number and size, by the number. */
function loadCommands(image) {
  const commands = new Map();
  let at = LOAD_COMMANDS;
  for (let left = image.readUInt32LE(16); left > 0; left--) {
    const end = at + image.readUInt32LE(at + 4);
    commands.set(image.readUInt32LE(at), image.subarray(at + 8, end));
    at = end;
  }
  return commands;
}

/** The names of the symbols that only the file itself uses. */
function localSymbols(image, table) {
  const [symbols, count, strings] = [0, 4, 8].map((at) => table.readUInt32LE(at));
  const all = Array.from({ length: count }, (_, index) => symbols + index * SYMBOL);
  const names = all.filter((at) => !(image[at + 4] & EXTERNAL)).map((at) => strings + image.readUInt32LE(at));
  return names.map((name) => image.toString('latin1', name, image.indexOf(0, name)));
}

function machOFaults(image) {
  const commands = loadCommands(image);
  const table = commands.get(SYMTAB);
  const isSigned = commands.has(CODE_SIGNATURE);
  return [
    table && localSymbols(image, table).some((name) => RUST.test(name)) && 'it is not stripped',
    // Macs with Intel's processors do not ask for one.
    image.readUInt32LE(4) === ARM64 && !isSigned && 'it is not signed',
  ];
}

function peFaults(image) {
  const header = image.readUInt32LE(0x3c);
  if (image.toString('latin1', header, header + 4) !== 'PE\0\0') return ['it is no library of Windows'];
  return [image.readUInt32LE(header + 12) !== 0 && 'it is not stripped'];
}

/**
 * @param {string} file of an addon for macOS or Windows
 * @returns {string[]} what keeps it from being published
 */
export function imageFaults(file) {
  const image = readFileSync(file);
  if (image.readUInt32LE(0) === MACH_O_64) return machOFaults(image).filter(Boolean);
  return peFaults(image).filter(Boolean);
}
