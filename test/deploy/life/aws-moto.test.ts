import { motoMissing, needMoto } from "../../servers/moto.js";
import { onAws } from "../changes/all-changes.js";
import { deployMissing } from "../prerequisites.js";
import { describeLife } from "./describe-life.js";

describeLife({
  title: "buckets of Amazon S3, on moto_server",
  skipped: deployMissing() ?? motoMissing(),
  provider: "aws",
  region: "eu-west-3",
  // Amazon S3 itself has encrypted every new object since January 2023.
  withoutDefault: "ServerSideEncryptionConfigurationNotFoundError",
  // moto takes a resource of a policy for granted to the log service only where it is no list.
  changes: onAws.filter(({ id }) => id !== "logged"),
  // moto takes no condition of a policy into account, so that a statement against customer keys is one against all uploads.
  refusing: ["guarded"],
  start: needMoto,
});
