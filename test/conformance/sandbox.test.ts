import { afterAll, beforeAll, describe } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { checkS3 } from "./suite/index.js";
import { checkOn, connect, type Target } from "./target.js";

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
