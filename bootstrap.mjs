// Runs a command of this project with the right Node and installed packages, on a machine that may have
// neither: `node bootstrap.mjs <program> [arguments]`. Plain JavaScript without imports from packages, because it
// must run on any Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquire, release } from './deploy/local/install-lock.mjs';

const WANTED_MAJOR = 24;
const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.ddc-lock-sha256');
const guard = join(root, '.ddc', 'install.lock');

const lockSha = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockSha();

function install() {
  if (installed()) return;
  acquire(guard);
  try {
    if (installed()) return;
    console.error('node modules: installing from package-lock.json (about a minute the first time)');
    // Not `npm ci`: it refuses a lock file that was made where a registry offers no packages for other platforms.
    const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (npm.status !== 0) {
      console.error('node modules: `npm install` failed; see above');
      process.exit(npm.status ?? 1);
    }
    writeFileSync(stamp, lockSha());
  } finally {
    release(guard);
  }
}

function nodeProgram() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) return process.execPath;
  for (const candidate of [
    join(modules, 'node', 'bin', 'node'),
    join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node'),
  ])
    if (existsSync(candidate)) return candidate;
  console.error(
    `Node ${WANTED_MAJOR} or newer is needed; this is ${process.versions.node}, and the npm package "node" that ` +
      `brings it could not install. Install Node ${WANTED_MAJOR}, or allow install scripts and run \`npm install\`.`,
  );
  process.exit(1);
}

install();
const node = nodeProgram();
const child = spawn(node, process.argv.slice(2), {
  stdio: 'inherit',
  env: {
    // Programs start in about half the CPU time: without it every one removes the types from all that it loads.
    NODE_COMPILE_CACHE: join(modules, '.cache', 'node-compile'),
    ...process.env,
    PATH: `${join(modules, '.bin')}:${dirname(node)}:${process.env.PATH ?? ''}`,
  },
});
// The terminal sends Ctrl-C to the whole group; this process only waits for the child's own end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) process.exitCode = 128 + (signal === 'SIGINT' ? 2 : 15);
  else process.exitCode = code ?? 1;
});
