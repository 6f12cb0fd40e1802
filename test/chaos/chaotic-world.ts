import { type ChaosFault, type ChaosOptions, chaos, type Intercept, type SandboxOptions } from "../../sandbox/index.js";
import { startWorld, type World } from "../buckets/start-world.js";

/** A request that met a fault. */
export interface Met {
  readonly fault: ChaosFault;
  readonly operation: string;
}

export interface ChaoticWorld extends World {
  /** Does some work while requests meet faults; before and after they meet none. */
  inChaos<T>(options: ChaosOptions, work: () => Promise<T>): Promise<T>;
  /** All faults since the world began. */
  readonly met: readonly Met[];
}

export async function chaoticWorld(options: SandboxOptions = {}): Promise<ChaoticWorld> {
  let playing: Intercept | undefined;
  const met: Met[] = [];
  const world = await startWorld({ ...options, intercept: (request) => playing?.(request) });
  const inChaos: ChaoticWorld["inChaos"] = async (chaosOptions, work) => {
    playing = chaos({ ...chaosOptions, onFault: (fault, { operation }) => met.push({ fault, operation }) });
    try {
      return await work();
    } finally {
      playing = undefined;
    }
  };
  return { ...world, met, inChaos };
}
