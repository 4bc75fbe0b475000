// Buffers that C keeps.
import { dlopen, read, retain, type RetainedView } from 'arkffi';
import { same } from './same.js';

const retained = retain(new Uint8Array(8));
same<typeof retained, RetainedView>(true);
same<typeof retained.ptr, number | bigint>(true);
retained.release();
const { symbols: c } = dlopen(null, { use: { args: ['ptr'] } });
c.use(retained);
read.i32(retained.ptr, 0, { checked: true });
// @ts-expect-error an address is nobody's to keep
retain(1_000_000);
// @ts-expect-error there is no such option
read.i32(retained.ptr, 0, { check: true });
