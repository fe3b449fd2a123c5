export { type HeadScalars, type HeadStep, SampledHead, type SampledHeadOptions } from "./sampled-head.ts";
