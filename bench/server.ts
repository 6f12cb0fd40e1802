// The sandbox in a process of its own, so that its work is not measured. Prints its endpoint.
import { startSandbox } from "../sandbox/index.js";

const sandbox = await startSandbox({ profile: "ovh" });
process.stdout.write(`${sandbox.endpoint}\n`);
