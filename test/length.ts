/** `npm run test:long` tries every case of the sweeps that the suite samples else. */
export const LONG = process.env.BUCKETSEAL_TEST_LONG === "1";

/** `npm run test:deploy` runs all that real Terraform takes minutes for; the suite deploys one short scenario else. */
export const DEPLOY = LONG || process.env.BUCKETSEAL_TEST_DEPLOY === "1";

/** Why such a test is skipped elsewhere. */
export const DEPLOY_ONLY = "real Terraform takes minutes for it: npm run test:deploy runs it";

/** For a test that is a sweep; a machine that has other things to do takes several times as long. */
export const SWEEP_TIMEOUT_MS = LONG ? 2 * 60 * 60_000 : 600_000;

/** One line with the result of a long run, for the person who records it; other runs print none. */
export function tellFigures(of: string, figures: Readonly<Record<string, number>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
  if (LONG) process.stdout.write(`figures of ${of}: ${words.join(", ")}\n`);
}
