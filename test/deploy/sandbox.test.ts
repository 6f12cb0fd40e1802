// @module-tag deploy
import { startSandbox } from "../../sandbox/index.js";
import { describeDeploy, REGION } from "./encrypted-stack.js";
import { deployMissing } from "./prerequisites.js";

describeDeploy({
  title: "the OVHcloud example on the sandbox",
  skipped: deployMissing(),
  start: () => startSandbox({ region: REGION }),
});
