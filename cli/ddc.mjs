#!/usr/bin/env node
// The package's programs: `ddc`; `kubectl-ddc`, which kubectl runs as `kubectl ddc`; `kubectl_complete-ddc`, which it asks
// for completions. All run cli/main.ts with the right Node, as the npm scripts do.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const name = basename(process.argv[1]);
if (name.startsWith('kubectl')) process.env.DDC_CALLED_AS = 'kubectl ddc';
const asked = name.startsWith('kubectl_complete-') ? ['complete', '--'] : [];
process.argv.splice(2, 0, fileURLToPath(new URL('main.ts', import.meta.url)), ...asked);
await import('../bootstrap.mjs');
