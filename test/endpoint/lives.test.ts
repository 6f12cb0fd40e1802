import { describe, test } from "vitest";
import { SORTS, type SortName } from "./contents.js";
import { describeLife } from "./life.js";
import { endpointOfEnvironment, NO_ENDPOINT } from "./witness.js";

const server = endpointOfEnvironment();

describe("on the endpoint", () => {
  if (server === undefined) {
    test.skip(`buckets of every sort (skipped: ${NO_ENDPOINT})`, () => undefined);
    return;
  }
  for (const name of Object.keys(SORTS) as SortName[]) {
    describeLife(name, () => server, { provider: process.env.BUCKETSEAL_TEST_PROVIDER });
  }
});
