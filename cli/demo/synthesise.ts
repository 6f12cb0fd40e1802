import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./run-program.js";

export type Synthesised =
  | { readonly kind: "synthesised"; readonly stackDir: string; readonly outDir: string }
  | { readonly kind: "impossible"; readonly because: string };

const TIME_LIMIT_MS = 30_000;

/** Synthesises examples/adopt for the demo's bucket, as `cdktf synth` does. */
export async function synthesise(workDir: string, env: NodeJS.ProcessEnv): Promise<Synthesised> {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const app = join(root, "examples", "adopt", "main.ts");
  if (!existsSync(app)) return { kind: "impossible", because: "the examples are not part of the installed package" };
  const tsx = tsxPath();
  if (tsx === null) return { kind: "impossible", because: "cdktf and tsx are not installed" };
  const outDir = join(workDir, "cdktf.out");
  const { code, output } = await runProgram(process.execPath, [tsx, ...pathsOf(root), app], {
    cwd: workDir,
    env: { ...env, CDKTF_OUTDIR: outDir },
    timeout: TIME_LIMIT_MS,
  });
  if (code !== 0) return { kind: "impossible", because: `synth failed: ${lastLine(output)}` };
  return { kind: "synthesised", stackDir: join(outDir, "stacks", "adopt"), outDir };
}

/** In the repository bucketseal/constructs are the sources; an installed package is found by its name. */
function pathsOf(root: string): string[] {
  const tsconfig = join(root, "tsconfig.json");
  return existsSync(tsconfig) ? ["--tsconfig", tsconfig] : [];
}

function tsxPath(): string | null {
  try {
    return fileURLToPath(import.meta.resolve("tsx/cli"));
  } catch {
    return null;
  }
}

export function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "it said nothing";
}
