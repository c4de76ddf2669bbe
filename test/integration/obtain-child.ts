/**
 * Obtains one program whose build says that it began and then waits until it is told to go on.
 * Arguments: directory, where `found` grows by what a build finds in its workshop, `begun` grows by a line a build and `go` is waited for; path of the cache.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { obtain } from '../../deploy/local/obtain.ts';
import { fakeProgram } from './obtain-fixtures.ts';

const [dir = '', cache = ''] = process.argv.slice(2);

const program = fakeProgram({
  async make(workshop) {
    const script = `
      ls >> '${join(dir, 'found')}'
      echo half > half
      echo "$$" >> '${join(dir, 'begun')}'
      while [ ! -e '${join(dir, 'go')}' ]; do sleep 0.05; done
      printf '#!/bin/sh\\necho etcd 1.1.0\\n' > made`;
    await workshop.run('sh', ['-c', script]);
    return join(workshop.dir, 'made');
  },
});

const path = await obtain('etcd', {
  env: { PATH: process.env['PATH'], DDC_CACHE: cache },
  log: (line) => appendFileSync(join(dir, 'said'), `${line}\n`),
  programs: { etcd: program },
});
console.log(path);
