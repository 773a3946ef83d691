import fc from 'fast-check';

/**
 * fast-check, over the same cases in every run, so that a red build is the doing of its change. PROPERTY_SEED=random looks
 * for cases nobody has seen yet, PROPERTY_SEED=<number> repeats those of a run that found one (a failure names its seed).
 */
const { PROPERTY_SEED = '20251121' } = process.env;
if (PROPERTY_SEED !== 'random') fc.configureGlobal({ seed: Number(PROPERTY_SEED) });

export default fc;
