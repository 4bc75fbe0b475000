// With the types of Node: Buffers and URLs.
import { dlopen, toBuffer } from 'arkffi';
import { same } from '../same.js';

const buffer = toBuffer(0x10000, 0, 4);
same<typeof buffer, Buffer<ArrayBuffer>>(true);
buffer.readInt32LE(0);

const { symbols } = dlopen(new URL('file:///lib/libm.so.6'), { f: { args: ['buffer', 'ptr'] } });
symbols.f(Buffer.alloc(4), buffer);
