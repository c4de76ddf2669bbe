import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { crdFiles } from './crd-files.ts';

/** `npm run crds`: the CustomResourceDefinitions, generated from the schemas in this folder. */
const options = new Command('crds')
  .description('Prints the CustomResourceDefinitions as YAML.')
  .usage('[-- options]')
  .option('--write', 'put them into deploy/crds instead', false)
  .option('--check', 'only say whether the files in deploy/crds are up to date', false)
  .parse()
  .opts<{ write: boolean; check: boolean }>();

const directory = join(import.meta.dirname, '..', '..', 'deploy', 'crds');
// Whoever reads may have seen enough (`| head`).
process.stdout.on('error', () => process.exit());
for (const { name, content } of crdFiles()) {
  const file = join(directory, name);
  if (options.check) {
    if (readFileSync(file, 'utf8') === content) continue;
    console.error(`deploy/crds/${name} is not up to date: npm run crds -- --write`);
    process.exitCode = 1;
  } else if (options.write) {
    writeFileSync(file, content);
    console.error(`written: deploy/crds/${name}`);
  } else process.stdout.write(`---\n${content}`);
}
