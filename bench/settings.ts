/** Where the servers are; the keys of the store travel in resources only. */
const SERVERS = ['KUBECONFIG', 'DDC_TEMPORAL_ADDRESS'];
/** Can be tried out: `DDC_CHUNK_BYTES=32Mi npm run bench -- batch`. */
const SETTINGS = [
  'DDC_CHUNK_BYTES',
  'DDC_PARALLEL_CHUNKS',
  'DDC_MEMORY_LIMIT',
  'DDC_SCRATCH_LIMIT',
  'DDC_CODEC_KEYS_DIR',
];

type Environment = Record<string, string | undefined>;

/** What operator and worker are told by the environment. */
export function controllerEnvironment(servers: Environment, own: Environment): Record<string, string> {
  const chosen = (names: string[], from: Environment): [string, string][] =>
    names.flatMap((name) => (from[name] ? [[name, from[name]]] : []));
  return Object.fromEntries([...chosen(SETTINGS, own), ...chosen(SERVERS, servers)]);
}
