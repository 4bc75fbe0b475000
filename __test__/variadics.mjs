// The fixture variadic: functions with variable arguments.
import { fixture } from './fixtures/paths.mjs';
import { arkffi } from './open.mjs';

const { dlopen, Struct } = arkffi;

export const Point = Struct({ x: 'f64', y: 'f64' });
/** The definition of a function that takes more than these arguments. */
export const variadic = (returns, ...args) => ({ args: [...args, '...'], returns });
export const { symbols } = dlopen(fixture('variadic'), {
  sum_ints: variadic('int', 'int'),
  scale: variadic('double', 'float', 'int'),
  sum_records: variadic('double', 'int'),
  sum_unions: variadic('double', 'int'),
  pick_point: variadic(Point.object, 'int'),
  pick_text: variadic('cstring', 'int'),
  apply_all: variadic('int', 'int'),
  number_all: variadic('int', 'int'),
});
