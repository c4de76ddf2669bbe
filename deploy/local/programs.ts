export type ProgramName = 'temporal' | 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl' | 'versitygw';
