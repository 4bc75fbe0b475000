// npm run build, npm run build:debug
import { buildAddon } from './steps.mjs';

buildAddon(process.argv.includes('--debug') ? 'debug' : 'release');
