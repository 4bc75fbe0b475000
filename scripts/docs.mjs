// npm run docs: the documentation as a site in site/, to be opened from there.
import path from 'node:path';
import { installPackages, root } from './steps.mjs';

installPackages();
const { writeSite } = await import('./site.mjs');
const folder = path.join(root, 'site');
writeSite(folder);
console.log(`open ${path.join(folder, 'index.html')}`);
