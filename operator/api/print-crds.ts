// Prints the CustomResourceDefinitions; with --write also puts them into deploy/crds/.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crdFiles } from './crd-files.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const directory = join(import.meta.dirname, '..', '..', 'deploy', 'crds');
for (const { name, content } of crdFiles()) {
  process.stdout.write(`---\n${content}`);
  if (values.write) writeFileSync(join(directory, name), content);
}
