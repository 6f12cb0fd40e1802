// @module-tag deploy
import { findExecutable, MOTO_MISSING, startMoto } from "../servers/programs.js";
import { type DeployServer, describeDeploy } from "./encrypted-stack.js";
import { deployMissing } from "./prerequisites.js";

describeDeploy({
  title: "the OVHcloud example on moto_server",
  skipped: deployMissing() ?? motoMissing(),
  start: async (): Promise<DeployServer> => {
    const moto = await startMoto();
    if (moto === undefined) throw new Error(MOTO_MISSING);
    return moto;
  },
});

function motoMissing(): string | undefined {
  return findExecutable("moto_server") === undefined ? MOTO_MISSING : undefined;
}
