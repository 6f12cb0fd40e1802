export type Fact = readonly [label: string, value: string];
