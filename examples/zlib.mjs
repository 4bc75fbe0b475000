// zlib: a checksum, and a round trip through compress and uncompress, all in buffers.
import { dlopen } from 'arkffi';

const name = { darwin: 'libz.dylib', win32: 'zlib1.dll' }[process.platform] ?? 'libz.so.1';

function open() {
  try {
    return dlopen(name, {
      zlibVersion: { returns: 'cstring' },
      crc32: { args: ['ulong', 'buffer', 'uint'], returns: 'ulong' },
      compressBound: { args: ['ulong'], returns: 'ulong' },
      compress: { args: ['buffer', 'buffer', 'buffer', 'ulong'], returns: 'int' },
      uncompress: { args: ['buffer', 'buffer', 'buffer', 'ulong'], returns: 'int' },
    });
  } catch (error) {
    console.log(`zlib is not installed here (${error.code}); nothing to show`);
    return undefined;
  }
}

const library = open();
if (library) {
  const { symbols: z } = library;
  const text = Buffer.from('arkffi calls C. '.repeat(1000));
  console.log(`zlib ${z.zlibVersion()}: crc32 = ${z.crc32(0, text, text.length).toString(16)}`);

  // The destination's length goes in and comes out through a one-element array.
  const packed = new Uint8Array(Number(z.compressBound(text.length)));
  const packedLength = BigUint64Array.of(BigInt(packed.length));
  if (z.compress(packed, packedLength, text, text.length) !== 0) throw new Error('compress failed');

  const unpacked = new Uint8Array(text.length);
  const unpackedLength = BigUint64Array.of(BigInt(unpacked.length));
  if (z.uncompress(unpacked, unpackedLength, packed, Number(packedLength[0])) !== 0)
    throw new Error('uncompress failed');

  console.log(`${text.length} bytes became ${packedLength[0]}, and ${unpackedLength[0]} again`);
  console.log(`the same: ${text.equals(unpacked)}`);
  library.close();
}
