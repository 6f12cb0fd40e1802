export type { Behaviour, ConditionSupport } from "./behaviour.js";
export { CHAOS_FAULTS, type ChaosFault, type ChaosOptions, chaos } from "./chaos.js";
export {
  DEFAULT_CREDENTIALS,
  type Fault,
  type Intercept,
  type InterceptedRequest,
  type SandboxOptions,
  type SandboxUser,
} from "./options.js";
export { behaviourOf, REFERENCE_BEHAVIOUR, SANDBOX_PROFILES, type SandboxProfile } from "./profiles.js";
export { type Sandbox, startSandbox } from "./start-sandbox.js";
