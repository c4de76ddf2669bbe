import { describe, expect, test } from '@jest/globals';
import { mirrored } from '../../deploy/local/download.ts';
import { kubernetesGoMod } from '../../deploy/local/kubernetes-module.ts';
import { SERVER_NAMES, SERVER_PROGRAMS } from '../../deploy/local/plan.ts';
import { PROGRAMS } from '../../deploy/local/programs.ts';
import { withoutPanic } from '../../deploy/local/vault-recipe.ts';
import { isWithin } from '../../deploy/local/versions.ts';

const programs = Object.values(PROGRAMS);
const releases = programs.flatMap(({ name, release }) =>
  Object.entries(release?.files ?? {}).map(([platform, file]) => ({
    name,
    platform,
    version: release?.version,
    file,
  })),
);

describe('the table of programs', () => {
  test.each(programs)('$name: release and recipe bring a version that would also do on PATH', (program) => {
    expect(isWithin(program.recipe.version, program.fits)).toBe(true);
    if (program.release) expect(isWithin(program.release.version, program.fits)).toBe(true);
  });

  test.each(releases)(
    '$name for $platform: https, the version in its address, a whole checksum',
    ({ file, version }) => {
      expect(file.url).toMatch(/^https:\/\//);
      expect(file.url).toContain(version);
      expect(file.checksum).toMatch(file.algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/);
      expect(file.member === undefined).toBe(!file.url.endsWith('.tar.gz'));
    },
  );

  test('no checksum is used for two files', () => {
    const urlOf = new Map(releases.map(({ file }) => [file.checksum, file.url]));
    for (const { file } of releases) expect(urlOf.get(file.checksum)).toBe(file.url);
  });

  test('kubectl is within one minor version of the API server', () => {
    expect(PROGRAMS.kubectl.fits).toEqual({ from: '1.35.0', below: '1.38.0' });
    expect(PROGRAMS['kube-apiserver'].fits).toEqual({ from: '1.36.0', below: '1.37.0' });
  });

  test('each has a variable of its own, and each server knows its programs', () => {
    expect(new Set(programs.map((program) => program.variable)).size).toBe(programs.length);
    for (const server of SERVER_NAMES)
      for (const name of SERVER_PROGRAMS[server]) expect(PROGRAMS[name].name).toBe(name);
  });
});

describe('mirrored', () => {
  const url = 'https://dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl';

  test('keeps the address without a mirror', () => {
    expect(mirrored(url, undefined)).toBe(url);
  });

  test.each(['http://mirror:8080/files', 'http://mirror:8080/files/'])(
    'puts host and path below %s',
    (mirror) => {
      expect(mirrored(url, mirror)).toBe(
        'http://mirror:8080/files/dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl',
      );
    },
  );
});

describe('kubernetesGoMod', () => {
  const upstream = `module k8s.io/kubernetes

go 1.26.0

godebug default=go1.26

require (
\tgithub.com/blang/semver/v4 v4.0.0
\tk8s.io/api v0.0.0
\tk8s.io/utils v0.0.0-20260210185600-b8788abfbbc2
)

replace (
\tk8s.io/api => ./staging/src/k8s.io/api
\tk8s.io/kube-aggregator => ./staging/src/k8s.io/kube-aggregator
\tgithub.com/some/fork => github.com/other/fork v1.2.3
)
`;

  test('takes the staged parts from where they are published, and keeps the rest', () => {
    expect(kubernetesGoMod(upstream, '1.36.3')).toBe(
      upstream
        .replace('module k8s.io/kubernetes', 'module ddc.local/tool')
        .replace('./staging/src/k8s.io/api', 'k8s.io/api v0.36.3')
        .replace('./staging/src/k8s.io/kube-aggregator', 'k8s.io/kube-aggregator v0.36.3')
        .concat('\nrequire k8s.io/kubernetes v1.36.3\n'),
    );
  });

  test('says so when upstream has changed its ways', () => {
    expect(() => kubernetesGoMod('module k8s.io/kubernetes\n', '1.40.0')).toThrow(
      'go.mod of k8s.io/kubernetes v1.40.0 has no ./staging replacements',
    );
  });
});

describe('withoutPanic', () => {
  test('lets the framework say what it would end with', () => {
    const upstream =
      'panic(1)\n\t\t\tpanic(fmt.Sprintf("%s defines a CreateOperation but no ExistenceCheck", path))\n';
    expect(withoutPanic(upstream)).toBe(
      'panic(1)\n\t\t\t_ = fmt.Sprint(fmt.Sprintf("%s defines a CreateOperation but no ExistenceCheck", path))\n',
    );
    expect(() => withoutPanic('panic(1)')).toThrow('has no such panic');
  });
});
