export type * from "./profile.js";
