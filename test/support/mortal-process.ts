import { appendFileSync } from 'node:fs';

/** An engine process that ends before it can answer. */
appendFileSync(process.env['STARTS']!, 'x');
process.exit(1);
