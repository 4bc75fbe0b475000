// What the programs of this folder call: types, and the functions of the library.

/** @param {typeof import('../../index.js')} arkffi */
export function declare({ Struct, array, callback, inout, out, pointer }) {
  const Point = Struct({ x: 'i32', y: 'i32' });
  const Pair = Struct({ x: 'f64', y: 'i64' });
  const Large = Struct({ values: array('i64', 6) });
  const Named = Struct({ name: 'cstring', number: 'i32' });
  const ints = callback(['i32', 'i64', 'i64', 'i32', 'i32', 'i32', 'i32', 'i64'], 'i64');
  const floats = callback(['f64', 'f32', 'i32', 'f64'], 'f64');
  const texts = callback(['cstring', 'i32', 'cstring'], 'u32');
  const records = callback([Point, Pair, Large], Point);
  const six = { args: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], returns: 'i32' };
  const definitions = {
    six,
    wide: { args: ['i64', 'u64'], returns: 'i64' },
    wide_unsigned: { args: ['u64'], returns: 'u64' },
    mixed: { args: ['i8', 'f64', 'u32', 'f32', 'i64'], returns: 'f64' },
    nine: { args: Array(9).fill('i64'), returns: 'i64' },
    no_arguments: { args: [], returns: 'i32' },
    same: { args: ['ptr'], returns: 'ptr' },
    failing: { args: ['i32'], returns: 'i32', errno: true },
    failing_wide: { args: ['i64', 'i64'], returns: 'i64', errno: true },
    two_texts: { args: ['cstring', 'cstring', 'i32'], returns: 'u32' },
    three_texts: { args: ['cstring', 'cstring', 'cstring'], returns: 'u32' },
    wide_text: { args: [{ type: 'cstring', encoding: 'utf16le' }], returns: 'u32' },
    same_text: { args: ['cstring'], returns: 'cstring' },
    new_text: { args: ['cstring', 'cstring'], returns: { type: 'cstring', free: 'free_text' } },
    sum_of_bytes: { args: ['buffer', 'u32'], returns: 'u32' },
    point_turned: { args: [Point], returns: Point },
    pair_turned: { args: [Pair], returns: Pair },
    large_turned: { args: [Large], returns: Large },
    large_sum: { args: ['i32', Large, Point, 'f64'], returns: 'i64' },
    split: { args: ['f64', out('i32'), out('f64')] },
    scale: { args: [inout(Point), 'i32'] },
    scale_named: { args: [inout(Named), inout('i32'), 'i32'], returns: 'i32' },
    names: { args: [pointer('cstring'), 'u32'], returns: 'u32' },
    call_ints: { args: [ints, 'i32'], returns: 'i64' },
    call_floats: { args: [floats, 'f64'], returns: 'f64' },
    call_texts: { args: [texts], returns: 'u32' },
    call_for_text: { args: [callback(['i32'], 'cstring'), 'i32'], returns: 'cstring' },
    call_records: { args: [records, 'i32'], returns: 'i64' },
    call_twice: { args: ['function', 'i32'], returns: 'i32' },
    format: { args: ['buffer', 'u64', 'cstring', '...'], returns: 'i32' },
    call_in_thread: { args: [callback(['i32', 'cstring'], 'i32'), 'i32'], returns: 'i32' },
  };
  return { types: { Point, Pair, Large, six }, definitions };
}
