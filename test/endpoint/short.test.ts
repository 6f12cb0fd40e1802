// @module-tag slow
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { MOTO_MISSING, type MotoServer, motoMissing, needMoto } from "../servers/programs.js";
import { describeLife } from "./life.js";

// Runs npm run test:server, meant for a server of somebody else, on ours, so that it keeps working.
describe("on the sandbox", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  describeLife("versioned", () => sandbox, { short: true });
});

describe("on moto_server", () => {
  if (motoMissing() !== undefined) {
    test.skip(`the life of a bucket (skipped: ${MOTO_MISSING})`, () => undefined);
    return;
  }
  let moto: MotoServer;
  beforeAll(async () => {
    moto = await needMoto();
  });
  afterAll(() => moto.close());
  describeLife("plain", () => moto, { short: true, migrationOnly: true });
});
