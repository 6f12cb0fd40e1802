// @module-tag deploy
import { startSandbox } from "../../sandbox/index.js";
import { findExecutable, MOTO_MISSING, startMoto } from "../servers/programs.js";
import { type DeployServer, describeDeploy, REGION } from "./encrypted-stack.js";
import { deployMissing } from "./prerequisites.js";

describeDeploy({
  title: "the OVHcloud example on the sandbox",
  skipped: deployMissing(),
  start: () => startSandbox({ region: REGION }),
});

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
