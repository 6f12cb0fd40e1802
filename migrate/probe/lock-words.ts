export const LOCKS_BY_DEFAULT = "locks by default";
