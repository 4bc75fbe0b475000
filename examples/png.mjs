// Draws a Julia set, writes it as a PNG through libpng, reads that back, and writes a thumbnail: node png.mjs [folder]
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { array, dlopen, inout, Struct } from 'arkffi';

// libpng's simplified interface: one struct, one call to write, two to read.
const Image = Struct({
  opaque: { type: 'ptr', default: null },
  version: { type: 'u32', default: 1 },
  width: { type: 'u32', default: 0 },
  height: { type: 'u32', default: 0 },
  format: { type: 'u32', default: 2 }, // red, green, blue, a byte each
  flags: { type: 'u32', default: 0 },
  colormap_entries: { type: 'u32', default: 0 },
  warning_or_error: { type: 'u32', default: 0 },
  message: { type: array('char', 64), default: '' },
});
const CHANNELS = 3;

function openLibrary() {
  try {
    return dlopen(['libpng16.so.16', 'png16'], {
      png_image_write_to_file: {
        args: [inout(Image), 'cstring', 'int', 'buffer', 'i32', 'ptr'],
        returns: 'int',
      },
      png_image_begin_read_from_file: { args: [inout(Image), 'cstring'], returns: 'int' },
      png_image_finish_read: { args: [inout(Image), 'ptr', 'buffer', 'i32', 'ptr'], returns: 'int' },
    }).symbols;
  } catch (error) {
    console.log(`libpng is not installed here (${error.code}); nothing to show`);
    process.exit();
  }
}
const png = openLibrary();

function writePng(file, width, height, pixels) {
  const image = { width, height };
  if (!png.png_image_write_to_file(image, file, 0, pixels, 0, null)) throw new Error(image.message);
}

function readPng(file) {
  const image = {};
  if (!png.png_image_begin_read_from_file(image, file)) throw new Error(image.message);
  image.format = 2;
  const pixels = new Uint8Array(image.width * image.height * CHANNELS);
  if (!png.png_image_finish_read(image, null, pixels, 0, null)) throw new Error(image.message);
  return { width: image.width, height: image.height, pixels };
}

/** How quickly the point runs away, from 0 to 1. */
function escape(x, y) {
  for (let step = 0; step < 96; step++) {
    if (x * x + y * y > 4) return step / 96;
    [x, y] = [x * x - y * y - 0.79, 2 * x * y + 0.15];
  }
  return 0;
}

function drawJulia(width, height) {
  const pixels = new Uint8Array(width * height * CHANNELS);
  for (let index = 0; index < width * height; index++) {
    const level = escape(((index % width) / width - 0.5) * 3, (Math.floor(index / width) / height - 0.5) * 2.2);
    pixels.set(
      [level ** 0.4, level ** 0.8, level ** 0.3 * 0.6].map((part) => part * 255),
      index * CHANNELS,
    );
  }
  return { width, height, pixels };
}

/** Every pixel is the mean of a square of `by` times `by`. */
function shrink({ width, height, pixels }, by) {
  const small = { width: Math.floor(width / by), height: Math.floor(height / by) };
  const mean = (_, index) => {
    const [x, y] = [Math.floor(index / CHANNELS) % small.width, Math.floor(index / CHANNELS / small.width)];
    let sum = 0;
    for (let dy = 0; dy < by; dy++)
      for (let dx = 0; dx < by; dx++)
        sum += pixels[((y * by + dy) * width + x * by + dx) * CHANNELS + (index % CHANNELS)];
    return sum / by ** 2;
  };
  return { ...small, pixels: Uint8Array.from({ length: small.width * small.height * CHANNELS }, mean) };
}

const folder = process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'arkffi-png-'));
const [file, thumbnail] = [path.join(folder, 'julia.png'), path.join(folder, 'julia-small.png')];
const drawn = drawJulia(480, 320);
writePng(file, drawn.width, drawn.height, drawn.pixels);
console.log(`${file}: ${drawn.width} × ${drawn.height}, ${statSync(file).size} bytes`);

const read = readPng(file);
console.log('read back, it is the same:', Buffer.compare(read.pixels, drawn.pixels) === 0);
const small = shrink(read, 4);
writePng(thumbnail, small.width, small.height, small.pixels);
console.log(`${thumbnail}: ${small.width} × ${small.height}, ${statSync(thumbnail).size} bytes`);
try {
  readPng(path.join(folder, 'none.png'));
} catch (error) {
  console.log('a file that is not there:', error.message);
}
