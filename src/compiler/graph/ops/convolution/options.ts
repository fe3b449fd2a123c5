import type { Borders, Spatial } from "../window.ts";

/** How a kernel slides over a feature map: [vertical, horizontal] pairs, padding as [top, left, bottom, right]. */
export type ConvolutionOptions = {
  readonly stride?: Spatial;
  readonly padding?: Borders;
  readonly dilation?: Spatial;
  /** Groups of channels that are convolved separately; as many as channels for a depthwise convolution. */
  readonly groups?: number;
};

/** The options with every field given, as nodes hold them. */
export type ConvolutionAttributes = {
  readonly stride: Spatial;
  readonly padding: Borders;
  readonly dilation: Spatial;
  readonly groups: number;
};

/** Attributes of a gradient, with the spatial size of its result: of the input, or of the kernel. */
export type GradientAttributes = ConvolutionAttributes & { readonly size: Spatial };

/** Fills in the defaults. */
export function completeConvolution(options: ConvolutionOptions): ConvolutionAttributes {
  const { stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
  return { stride, padding, dilation, groups };
}

/** Text of the attributes, as remembered choices of lowerings have it. */
export function attributesText(attributes: ConvolutionAttributes & { readonly size?: Spatial }): string {
  const { size, stride, padding, dilation, groups } = attributes;
  return `size ${size} stride ${stride} padding ${padding} dilation ${dilation} groups ${groups}`;
}
