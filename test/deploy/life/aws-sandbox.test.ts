// @module-tag deploy
import { startSandbox } from "../../../sandbox/index.js";
import { onAws } from "../changes.js";
import { deployMissing } from "../prerequisites.js";
import { describeLife } from "./describe-life.js";

describeLife({
  title: "buckets of Amazon S3, on the sandbox",
  skipped: deployMissing(),
  provider: "aws",
  region: "eu-west-3",
  withoutDefault: { SSEAlgorithm: "AES256", BucketKeyEnabled: false },
  changes: onAws,
  start: () => startSandbox({ profile: "aws", region: "eu-west-3" }),
});
