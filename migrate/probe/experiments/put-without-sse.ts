import { is } from "../finding.js";
import type { Experiment } from "./experiment.js";
import { sseOnHead } from "./reports-sse.js";

export const putWithoutSse: Experiment = {
  topics: ["put-without-sse"],
  run: async ({ store, put }) => {
    const sse = await sseOnHead(store, await put("without-sse"));
    return [is("put-without-sse", sse ?? "nothing", "headObject", "of an object that was put without the header")];
  },
};
