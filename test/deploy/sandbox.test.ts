import { startSandbox } from "../../sandbox/index.js";
import { describeDeploy } from "./encrypted-stack.js";
import { deployMissing } from "./prerequisites.js";

describeDeploy({
  title: "the OVHcloud example on the sandbox",
  skipped: deployMissing(),
  start: () => startSandbox(),
});
