#!/usr/bin/env node
// The package's program `ddc`: runs cli/main.ts with the right Node, as the npm scripts do.
import { fileURLToPath } from 'node:url';

process.argv.splice(2, 0, fileURLToPath(new URL('main.ts', import.meta.url)));
await import('../bootstrap.mjs');
