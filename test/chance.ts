import fc from 'fast-check';

/** The same cases in every run; another seed looks elsewhere: `NIMBUSGUARD_TEST_SEED=7 make test`. */
fc.configureGlobal({ seed: Number(process.env.NIMBUSGUARD_TEST_SEED ?? 1) });
