import { findExecutable } from "../../servers/find-executable.js";
import { MOTO_MISSING, startMoto } from "../../servers/moto.js";
import { onAws } from "../changes/all-changes.js";
import { deployMissing } from "../prerequisites.js";
import { describeLife } from "./describe-life.js";

describeLife({
  title: "buckets of Amazon S3, on moto_server",
  skipped: deployMissing() ?? (findExecutable("moto_server") === undefined ? MOTO_MISSING : undefined),
  provider: "aws",
  region: "eu-west-3",
  // Amazon S3 itself has encrypted every new object since January 2023.
  withoutDefault: "ServerSideEncryptionConfigurationNotFoundError",
  changes: onAws,
  // moto takes no condition of a policy into account, so that a statement against customer keys is one against all uploads.
  refusing: ["guarded"],
  start: async () => {
    const moto = await startMoto();
    if (moto === undefined) throw new Error(MOTO_MISSING);
    return moto;
  },
});
