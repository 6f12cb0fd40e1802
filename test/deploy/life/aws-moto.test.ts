// @module-tag deploy
import { motoMissing, needMoto } from "../../servers/programs.js";
import { onAws } from "../changes.js";
import { deployMissing } from "../prerequisites.js";
import { describeLife } from "./describe-life.js";

describeLife({
  title: "buckets of Amazon S3, on moto_server",
  skipped: deployMissing() ?? motoMissing(),
  provider: "aws",
  region: "eu-west-3",
  // Amazon S3 itself has encrypted every new object since January 2023.
  withoutDefault: "ServerSideEncryptionConfigurationNotFoundError",
  // moto forgets the prefix of a replication rule.
  changes: onAws.filter(({ id }) => id !== "copied"),
  // moto takes no condition of a policy into account, so that a statement against customer keys is one against all uploads.
  // It changes no default retention of a bucket that contains an object.
  stayEmpty: ["guarded", "locked"],
  start: needMoto,
});
