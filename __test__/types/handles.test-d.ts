// Opaque ids: arkffi/handles.
import { alloc, call, free, lib_name, load, mem_read, mem_write, ping, strdup, sym } from 'arkffi/handles';
import { same } from './same.js';

const memory: string = alloc(256);
const count: number = mem_write(memory, 'SGk=');
mem_write(memory, 1, 'SGk=');
const text: string = mem_read(memory, 10);
mem_read(memory, 0, 10);
// @ts-expect-error the offset comes first
mem_write(memory, 'SGk=', 1);
// @ts-expect-error without a length
mem_read(memory);
const length = sym(load(null), 'strlen', 'size_t', ['string']);
same<ReturnType<typeof call>, any>(true);
call(length, strdup('text'));
load('/lib.so');
free(memory);
same<ReturnType<typeof ping>, 'pong'>(true);
// @ts-expect-error a name
lib_name(5);
export { count, text };
