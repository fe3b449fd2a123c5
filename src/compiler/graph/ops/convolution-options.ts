/** How a kernel slides over the picture: [vertical, horizontal] pairs, padding as [top, left, bottom, right]. */
export type ConvolutionOptions = {
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  /** Groups of channels that are convolved by themselves; as many as channels for a depthwise convolution. */
  readonly groups?: number;
};

/** The options with every field given, as nodes hold them. */
export type ConvolutionAttributes = {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly lowering?: string;
};

/** Puts the defaults in. */
export function completeConvolution(options: ConvolutionOptions): ConvolutionAttributes {
  const { stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
  return { stride, padding, dilation, groups };
}
