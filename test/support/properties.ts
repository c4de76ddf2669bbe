import fc from 'fast-check';

/**
 * Properties are tried with the same cases on every run, so that a run says something about the change and not about luck.
 * DDC_PROPERTY_SEED=random, or a number, tries others.
 */
const given = process.env['DDC_PROPERTY_SEED'] ?? '1';
if (given !== 'random') fc.configureGlobal({ seed: Number(given) });
