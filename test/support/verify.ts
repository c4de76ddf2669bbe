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
      ...[
        'workflows',
        'activities',
        'codec',
        'egress',
        'operator',
        'worker',
        'cli',
        'deploy',
        'bench',
        'test',
      ],
    ],
  ],
  ['unused code', [`${MODULES}/knip/bin/knip.js`]],
  ['generated files', ['operator/api/print-crds.ts', '--check']],
];

for (const [name, command] of checks) run(name, node, command);
run('tests', 'npm', ['test', '--silent', '--', ...process.argv.slice(2)]);

function run(name: string, program: string, args: string[]): void {
  console.error(`== ${name}`);
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  if (status === 0) return;
  console.error(`verify: ${name} failed`);
  process.exit(status ?? 1);
}
