import { isIP } from 'node:net';
import { certificateProblem, makeCertificate, readCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';

/** What all replicas of the operator share. */
export interface KeptCertificates {
  /** What is served. */
  current: Certificate;
  /** What will be, once everyone trusts it. */
  next?: Certificate;
  /** All certificates that are trusted: the two, and the one before while a replica may yet serve it. */
  trusted: string[];
}

/** Milliseconds. */
export interface RotationTimings {
  /** How long a certificate is valid. */
  validity: number;
  /** How long before its end the next one is made. */
  renewBefore: number;
  /** How long the next one is trusted before it is served: API servers take notice, clocks differ. */
  grace: number;
  /** Certificates begin so much earlier than they are made, for clocks that are slow. */
  backdated: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const ROTATION_TIMINGS: RotationTimings = {
  validity: 90 * DAY,
  renewBefore: 30 * DAY,
  grace: HOUR / 6,
  backdated: HOUR,
};

/**
 * What is to be done about the certificates. `replace`: there is none that could be served. `prepare`: make the next one.
 * `promote`: serve it.
 * @param published whether all who ask the webhook have been told to trust `kept.trusted`
 */
export function nextStep(
  kept: KeptCertificates | undefined,
  names: readonly string[],
  { now, published, timings }: { now: number; published: boolean; timings: RotationTimings },
): 'replace' | 'prepare' | 'promote' | 'keep' {
  if (kept === undefined) return 'replace';
  const next = kept.next !== undefined && isUsable(kept.next, names, now) ? kept.next : undefined;
  if (!isUsable(kept.current, names, now)) return next === undefined ? 'replace' : 'promote';
  if (next !== undefined) {
    const made = readCertificate(next.cert)!.validFromDate.getTime() + timings.backdated;
    return published && now >= made + timings.grace ? 'promote' : 'keep';
  }
  const end = readCertificate(kept.current.cert)!.validToDate.getTime();
  return now >= end - timings.renewBefore ? 'prepare' : 'keep';
}

/** The certificates after a step. */
export async function afterStep(
  step: 'replace' | 'prepare' | 'promote',
  kept: KeptCertificates | undefined,
  names: readonly string[],
  { now, timings }: { now: number; timings: RotationTimings },
): Promise<KeptCertificates> {
  if (step === 'promote' && kept?.next !== undefined)
    return { current: kept.next, trusted: kept.trusted.filter((cert) => isValid(cert, now)) };
  const from = new Date(now - timings.backdated);
  const made = await makeCertificate(names, { from, until: new Date(now + timings.validity) });
  if (step === 'replace' || kept === undefined) return { current: made, trusted: [made.cert] };
  return { current: kept.current, next: made, trusted: [kept.current.cert, made.cert] };
}

function isUsable(certificate: Certificate, names: readonly string[], now: number): boolean {
  if (certificateProblem(certificate) !== undefined || !isValid(certificate.cert, now)) return false;
  const read = readCertificate(certificate.cert)!;
  return names.every((name) => (isIP(name) === 0 ? read.checkHost(name) : read.checkIP(name)) !== undefined);
}

function isValid(cert: string, now: number): boolean {
  const end = readCertificate(cert)?.validToDate.getTime();
  return end !== undefined && now < end;
}
