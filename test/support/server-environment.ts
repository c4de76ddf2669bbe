/** Addresses and paths as startServers gives them: KUBECONFIG, DDC_TEMPORAL_ADDRESS, DDC_S3_ENDPOINT, ... */
export type ServerEnvironment = Readonly<Record<string, string | undefined>>;
