/**
 * The go.mod of a module that can build commands of k8s.io/kubernetes. That module itself cannot be built as a
 * dependency: it takes its own parts from ./staging of its source tree. Here the same parts come from where they
 * are published, as v0.36.3 for v1.36.3.
 * @param upstream go.mod of k8s.io/kubernetes
 * @param version of Kubernetes, e.g. `1.36.3`
 * @throws Error when upstream has no such replacements
 */
export function kubernetesGoMod(upstream: string, version: string): string {
  const published = `v${version.replace(/^1\./, '0.')}`;
  const staged = /^(\s+)(k8s\.io\/[a-z0-9-]+) => \.\/staging\/src\/.*$/gm;
  if (!staged.test(upstream))
    throw new Error(`go.mod of k8s.io/kubernetes v${version} has no ./staging replacements`);
  const own = upstream
    .replace(/^module .*$/m, 'module ddc.local/tool')
    .replace(staged, (_line, indent: string, path: string) => `${indent}${path} => ${path} ${published}`);
  return `${own.trimEnd()}\n\nrequire k8s.io/kubernetes v${version}\n`;
}
