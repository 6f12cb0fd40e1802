import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { findExecutable, MOTO_MISSING, type MotoServer, startMoto } from "../servers/programs.js";
import { checkS3 } from "./suite/index.js";
import { checkOn, connect, MOTO_DIFFERENCES, type Target } from "./target.js";

describe("the sandbox", () => {
  let sandbox: Sandbox;
  let target: Target;
  beforeAll(async () => {
    sandbox = await startSandbox({ profile: "reference" });
    target = connect(sandbox);
  });
  afterAll(async () => {
    await target.clean();
    await sandbox.close();
  });
  checkS3(checkOn(() => target, {}));
});

function checkMoto(): void {
  let moto: MotoServer | undefined;
  let target: Target;
  beforeAll(async () => {
    moto = await startMoto();
    if (moto !== undefined) {
      target = connect(moto);
    }
  });
  afterAll(() => moto?.close());
  checkS3(checkOn(() => target, MOTO_DIFFERENCES));
}

describe("moto_server", () => {
  if (findExecutable("moto_server") === undefined) {
    test.skip(`passes the conformance suite (skipped: ${MOTO_MISSING})`, () => undefined);
  } else {
    checkMoto();
  }
});

test("every difference of moto names a test of the suite", () => {
  const titles = new Set<string>();
  checkS3((title) => titles.add(title));
  expect(Object.keys(MOTO_DIFFERENCES).filter((title) => !titles.has(title))).toEqual([]);
});
