import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSandbox } from "../../sandbox/index.js";
import { type RawS3, rawS3, type Server } from "../buckets/raw-s3.js";
import { findExecutable } from "../servers/find-executable.js";
import { MOTO_MISSING, startMoto } from "../servers/moto.js";
import { checkObjects } from "./check-objects.js";
import { checkRefusals } from "./check-refusals.js";
import { checkRules } from "./check-rules.js";
import { checkVersions } from "./check-versions.js";
import { MOTO_DIFFERENCES } from "./moto-differences.js";
import { openStores, STORE_NAMES, type Stores } from "./open-stores.js";
import { type CheckPort, checkOn } from "./port-target.js";

type Closable = Server & { close(): Promise<void> };

function checkPort(check: CheckPort): void {
  checkObjects(check);
  checkRefusals(check);
  checkRules(check);
  checkVersions(check);
}

function checkServer(start: () => Promise<Closable>, differences: Readonly<Record<string, string>>): void {
  let server: Closable;
  let stores: Stores;
  let raw: RawS3;
  beforeAll(async () => {
    server = await start();
    stores = openStores(server);
    raw = rawS3(server);
  });
  afterAll(async () => {
    stores.close();
    raw.close();
    await server.close();
  });
  describe.each(STORE_NAMES)("through the %s store", (name) => {
    checkPort(checkOn(() => ({ store: stores[name], raw }), differences));
  });
}

describe("the store port on the sandbox", () => {
  checkServer(() => startSandbox({ profile: "reference" }), {});
});

describe("the store port on moto_server", () => {
  if (findExecutable("moto_server") === undefined) {
    test.skip(`the port's contract (skipped: ${MOTO_MISSING})`, () => undefined);
  } else {
    checkServer(async () => (await startMoto()) as Closable, MOTO_DIFFERENCES);
  }
});

describe("the store port on an endpoint from the environment", () => {
  const { BUCKETSEAL_TEST_ENDPOINT: endpoint, BUCKETSEAL_TEST_REGION: region = "us-east-1" } = process.env;
  const { BUCKETSEAL_TEST_ACCESS_KEY_ID: accessKeyId = "", BUCKETSEAL_TEST_SECRET_ACCESS_KEY: secretAccessKey = "" } =
    process.env;
  if (endpoint === undefined) {
    test.skip("the port's contract (skipped: BUCKETSEAL_TEST_ENDPOINT is not set)", () => undefined);
  } else {
    const server = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, close: async () => undefined };
    checkServer(async () => server, {});
  }
});

test("every difference of moto names a test of the contract", () => {
  const titles = new Set<string>();
  checkPort((title) => titles.add(title));
  expect(Object.keys(MOTO_DIFFERENCES).filter((title) => !titles.has(title))).toEqual([]);
});
