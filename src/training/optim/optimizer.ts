/**
 * Optimizers, written in the graph: a step takes a parameter, its gradient and the optimizer's state, and gives all of
 * them anew. The learning rate and the step number are inputs of the graph, so that a schedule changes no graph.
 */
import { OptionError, requireBetween, requirePositive } from "../../base/core/index.ts";
import { add, div, exp, mul, sqrt, sub, type Value } from "../../compiler/graph/index.ts";

/** Numbers that change from step to step: scalars f32[]. */
export type StepScalars = {
  readonly learningRate: Value;
  /** 1 in the first step. */
  readonly stepNumber: Value;
};

export type UpdateRule = {
  readonly parameter: Value;
  readonly gradient: Value;
  /** State of this parameter by name, of the parameter's shape, zero at the start. */
  readonly state: { readonly [name: string]: Value };
  /** Whether weight decay applies. */
  readonly decay: boolean;
  readonly learningRateFactor: number;
};

/** A rule that makes new parameters out of old ones and their gradients, and the state that it keeps. */
export type Optimizer = {
  readonly name: string;
  /** Names of the state tensors that each parameter has. */
  readonly stateNames: readonly string[];
  readonly update: (
    rule: UpdateRule,
    scalars: StepScalars,
  ) => { readonly parameter: Value; readonly state: { readonly [name: string]: Value } };
};

/** Settings of `sgd`. */
export type SgdOptions = {
  /** Share of the velocity that is kept, in [0, 1); default 0.9, as SphereFace (CosFace does not state it). */
  readonly momentum?: number;
  /** L2 penalty λ, added to the gradient as λ·w; default 5e-4, the paper's. */
  readonly weightDecay?: number;
};

/**
 * Stochastic gradient descent with momentum: v ← μ·v + g + λ·w; w ← w − η·v.
 *
 * PyTorch's form; Caffe's multiplies by η before the velocity is summed, which is the same while η is constant.
 */
export function sgd({ momentum = 0.9, weightDecay = 5e-4 }: SgdOptions = {}): Optimizer {
  requireShare("sgd: momentum", momentum);
  requireBetween("sgd: weightDecay", weightDecay, 0, 1);
  return {
    name: "sgd",
    stateNames: ["velocity"],
    update: ({ parameter, gradient, state, decay, learningRateFactor }, { learningRate }) => {
      const pull = decay && weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient;
      const velocity = add(mul(state.velocity!, momentum), pull);
      const rate = learningRateFactor === 1 ? learningRate : mul(learningRate, learningRateFactor);
      return { parameter: sub(parameter, mul(velocity, rate)), state: { velocity } };
    },
  };
}

/** Settings of `adamW`. */
export type AdamWOptions = {
  /** Share of the first moment that is kept, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Share of the second moment that is kept, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment; positive, default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled: w loses η·λ·w in each step; default 0.05. */
  readonly weightDecay?: number;
};

/**
 * AdamW: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − η·(m̂/(√v̂ + ε) + λ·w), with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
 *
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
 */
export function adamW({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.05,
}: AdamWOptions = {}): Optimizer {
  requireShare("adamW: beta1", beta1);
  requireShare("adamW: beta2", beta2);
  requirePositive("adamW: epsilon", epsilon);
  requireBetween("adamW: weightDecay", weightDecay, 0, 1);
  return {
    name: "adamw",
    stateNames: ["first", "second"],
    update: ({ parameter, gradient, state, decay, learningRateFactor }, { learningRate, stepNumber }) => {
      const first = add(mul(state.first!, beta1), mul(gradient, 1 - beta1));
      const second = add(mul(state.second!, beta2), mul(mul(gradient, gradient), 1 - beta2));
      // βᵗ = e^(t·ln β): the step number is an input of the graph.
      const correction = (beta: number) => sub(1, exp(mul(stepNumber, Math.log(beta))));
      const direction = div(div(first, correction(beta1)), add(sqrt(div(second, correction(beta2))), epsilon));
      const step = decay && weightDecay > 0 ? add(direction, mul(parameter, weightDecay)) : direction;
      return {
        parameter: sub(parameter, mul(step, mul(learningRate, learningRateFactor))),
        state: { first, second },
      };
    },
  };
}

/** Throws unless `value` is in [0, 1): an average that keeps all of itself takes nothing in, and 1 − βᵗ would be 0. */
function requireShare(what: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new OptionError(`${what}: got ${value}, expected a number in [0, 1)`);
}
