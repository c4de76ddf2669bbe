import type { EgressPolicy } from '../../egress/policy.ts';
import type { ClauseCheck, ParseEnvironment } from '../api/index.ts';
import { defaultsPatch } from './defaults.ts';
import type { AdmissionRequest, Verdict } from './review.ts';
import { bringsSpec, validate } from './validate.ts';

/** Answers a request of the API server. */
export type Admission = (request: AdmissionRequest) => Promise<Verdict>;

/**
 * What is asked at which path. The API server asks for defaults first, then checks the resource against the CRD, and asks
 * for the validation only of what has passed: so that people are told all errors at once, defaulting refuses what is
 * wrong, too.
 */
export function admissions(
  env: ParseEnvironment,
  check: ClauseCheck,
  egress?: EgressPolicy,
): Record<string, Admission> {
  return {
    '/validate': (request) => validate(request, env, check, egress),
    '/default': async (request) => {
      const verdict = await validate(request, env, check, egress);
      if (!verdict.allowed || !bringsSpec(request)) return verdict;
      // Warnings are for the validation, which sees what is stored in the end.
      return { allowed: true, warnings: [], patch: defaultsPatch(request, env) };
    },
  };
}
