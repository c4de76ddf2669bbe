import { spawnSync } from 'node:child_process';

/** `npm run verify`: every check in turn; stops at the first that fails. Arguments choose tests. */
const node = process.execPath;
const MODULES = 'node_modules';
const checks: [string, string[]][] = [
  ['format', [`${MODULES}/prettier/bin/prettier.cjs`, '--check', '--log-level=warn', '.']],
  ['lint', [`${MODULES}/oxlint/bin/oxlint`, '--type-aware', '--deny-warnings']],
  ['types', [`${MODULES}/typescript/bin/tsc`, '--noEmit']],
  [
    'dependency rules',
    [
      `${MODULES}/dependency-cruiser/bin/dependency-cruise.mjs`,
      '--config',
      '.dependency-cruiser.mjs',
      ...['workflows', 'activities', 'operator', 'worker', 'deploy', 'bench', 'test'],
    ],
  ],
  ['unused code', [`${MODULES}/knip/bin/knip.js`]],
  ['generated files', ['operator/api/print-crds.ts', '--check']],
  [
    'tests',
    [
      '--disable-warning=ExperimentalWarning',
      '--experimental-vm-modules',
      `${MODULES}/jest/bin/jest.js`,
      ...process.argv.slice(2),
    ],
  ],
];

for (const [name, command] of checks) {
  console.error(`== ${name}`);
  const { status } = spawnSync(node, command, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`verify: ${name} failed`);
    process.exit(status ?? 1);
  }
}
