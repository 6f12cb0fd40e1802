/** `npm run test:long` tries every case of the sweeps that the default suite samples. */
export const LONG = process.env.BUCKETSEAL_TEST_LONG === "1";
