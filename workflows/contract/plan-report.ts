import type { TechnicalMetadata } from './metadata.ts';

/** What a run would do; result of the workflow `planTransfer`. */
export interface PlanReport {
  source: TechnicalMetadata;
  destination: TechnicalMetadata;
  /** Types that are others in the engine or the target, of both sides. */
  conversions: string[];
  warnings: string[];
  reads: { objects: number; bytes: number };
  /** `location` with a `/` at the end: objects below it. `present`: what is there now and becomes of it. */
  writes: { location: string; operation: 'Overwrite' | 'Append'; present: string };
  chunks: number;
  slices: number;
  requests: RequestEstimate;
  /** Estimate for one worker; absent where no rate is known. */
  estimatedSeconds?: number;
  permissions: PermissionProbe[];
}

/** Requests to both sides, planning included, for a run that meets no fault. */
export interface RequestEstimate {
  /** And HEAD. */
  get: number;
  /** And POST and LIST, which stores charge alike. */
  put: number;
  /** Parts of multipart uploads, sent or copied. */
  part: number;
  delete: number;
}

export interface PermissionProbe {
  side: 'source' | 'destination';
  request: 'HEAD' | 'GET' | 'LIST' | 'PUT' | 'DELETE';
  location: string;
  outcome: 'allowed' | 'denied' | 'not probed';
  message?: string;
}
