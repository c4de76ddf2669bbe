// Prints the CustomResourceDefinitions as YAML; with --write puts them into deploy/crds/ instead.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crdFiles } from './crd-files.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const directory = join('deploy', 'crds');
// Whoever reads may have seen enough (`| head`).
process.stdout.on('error', () => process.exit());
for (const { name, content } of crdFiles()) {
  if (values.write) {
    writeFileSync(join(import.meta.dirname, '..', '..', directory, name), content);
    console.error(`written: ${join(directory, name)}`);
  } else {
    process.stdout.write(`---\n${content}`);
  }
}
