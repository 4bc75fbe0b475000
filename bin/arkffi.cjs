#!/usr/bin/env node
'use strict';

require('../lib/command/run.js').main(process.argv.slice(2));
