// The functions of fixture.c: what C takes and returns, and what they do, in JavaScript.

const twice = (type) => [type, type];

export const functions = {
  nothing: { args: [], returns: 'i32', model: () => 42 },
  add_i32: { args: twice('i32'), returns: 'i32', model: (a, b) => a + b },
  add_f64: { args: twice('f64'), returns: 'f64', model: (a, b) => a + b },
  add_i64: { args: twice('i64'), returns: 'i64', model: (a, b) => a + b },
  mixed: {
    args: ['i32', 'f64', 'i64', 'f32', 'u8', 'bool'],
    returns: 'f64',
    model: (a, b, c, d, e, f) => a + b + c + d + e + Number(f),
  },
  length: { args: ['cstring'], returns: 'u32', model: (text) => text.length },
  greeting: { args: [], returns: 'cstring', model: () => 'Hello, world!' },
  sum4: { args: ['buffer'], returns: 'u32', model: (bytes) => bytes[0] + bytes[1] + bytes[2] + bytes[3] },
  next: { args: ['ptr'], returns: 'ptr', model: (place) => place + 1 },
  half: { args: ['f64'], returns: 'f64', model: (value) => value / 2 },
};
