// @module-tag deploy
import { startSandbox } from "../../../sandbox/index.js";
import { deployMissing } from "../prerequisites.js";
import { describeRemoval } from "./describe-removal.js";

describeRemoval({
  title: "buckets of OVHcloud on the sandbox, taken over and let go of",
  skipped: deployMissing(),
  provider: "ovhcloud",
  region: "gra",
  deleteMarker: true,
  start: () => startSandbox(),
});
