// @module-tag deploy
import { startSandbox } from "../../../sandbox/index.js";
import { onOvhcloud } from "../changes.js";
import { deployMissing } from "../prerequisites.js";
import { describeLife } from "./describe-life.js";

describeLife({
  title: "buckets of OVHcloud, on the sandbox",
  skipped: deployMissing(),
  provider: "ovhcloud",
  region: "gra",
  withoutDefault: "ServerSideEncryptionConfigurationNotFoundError",
  changes: onOvhcloud,
  start: () => startSandbox(),
});
