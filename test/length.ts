/** `npm run test:long` tries every case of the sweeps that the default suite samples. */
export const LONG = process.env.BUCKETSEAL_TEST_LONG === "1";

/** For a test that is a sweep; a machine that has other things to do takes several times as long. */
export const SWEEP_TIMEOUT_MS = LONG ? 2 * 60 * 60_000 : 120_000;
