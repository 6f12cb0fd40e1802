import { startSandbox } from "../../sandbox/index.js";
import { describeDeploy } from "./encrypted-stack.js";
import { terraformMissing } from "./prerequisites.js";

describeDeploy({
  title: "the OVHcloud example on the sandbox",
  skipped: terraformMissing(),
  start: () => startSandbox(),
});
