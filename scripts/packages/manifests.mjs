// The package.json of the package of a platform, and of the one that users install, in the layout of @napi-rs/cli.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../steps.mjs';

const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** Every platform that there is a package for, by the name that its package and its addon have. */
export const platforms = read('lib/platforms.json');
export const rootPackage = read('package.json');

/** The name of the package that has a platform's addon. */
const packageName = (platform) => `${rootPackage.name}-${platform}`;

/**
 * Where the packages are built, as workflows of GitHub are told: npm publishes nothing with a provenance that says
 * otherwise, and makes of it where the links of the README lead.
 */
function builtAt({ GITHUB_SERVER_URL, GITHUB_REPOSITORY }) {
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY) return {};
  return { repository: { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } };
}

export function platformManifest(platform, environment = process.env) {
  const { os, cpu, libc } = platforms[platform];
  const { version, license, keywords, engines } = rootPackage;
  const addon = `arkffi.${platform}.node`;
  return {
    name: packageName(platform),
    version,
    description: `The native addon of arkffi for ${platform}`,
    keywords,
    license,
    ...builtAt(environment),
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    main: addon,
    files: [addon],
  };
}

/** The package that users install: npm installs of its optional dependencies the one that is for the machine. */
export function rootManifest(packed, environment = process.env) {
  const { devDependencies, scripts, ...rest } = rootPackage;
  const optionalDependencies = Object.fromEntries(packed.map((platform) => [packageName(platform), rest.version]));
  return { ...rest, ...builtAt(environment), optionalDependencies };
}
