'use strict';
// The program that a helper process runs. It does what the program that started it asks, and ends with it.

const native = require('../../binding.js');
const { serve } = require('./serve.js');

// Before anything else: from here on it cannot outlive the program.
serve(native.isolateJoin(Number(process.argv[2])));
