/**
 * Optimizers as graph functions: a step takes a parameter, its gradient and the optimizer's state, and returns the new
 * parameter and state. The learning rate and the step number are inputs of the graph, so a schedule does not change it.
 */
import {
  InternalError,
  OptionError,
  requireBetween,
  requireKnownKeys,
  requirePositive,
} from "../../base/core/index.ts";
import { add, div, exp, mul, sqrt, sub, type Value } from "../../compiler/graph/index.ts";

/** Scalars f32[] that change from step to step. */
export type StepScalars = {
  readonly learningRate: Value;
  /** 1 in the first step. */
  readonly stepNumber: Value;
};

export type UpdateRule = {
  readonly parameter: Value;
  readonly gradient: Value;
  /** Optimizer state of this parameter by name; same shape as the parameter, initially zero. */
  readonly state: { readonly [name: string]: Value };
  /** Whether weight decay applies. */
  readonly decay: boolean;
  readonly learningRateFactor: number;
};

/** A rule that computes new parameters and state from old ones and gradients. */
export type Optimizer = {
  readonly name: string;
  /** Names of the state tensors of each parameter. */
  readonly stateNames: readonly string[];
  readonly update: (
    rule: UpdateRule,
    scalars: StepScalars,
  ) => { readonly parameter: Value; readonly state: { readonly [name: string]: Value } };
};

/** Settings of `sgd`. */
export type SgdOptions = {
  /** Share of the velocity to keep, in [0, 1); default 0.9, as in SphereFace (CosFace does not state it). */
  readonly momentum?: number;
  /** L2 penalty λ, added to the gradient as λ·w; default 5e-4, as in the paper. */
  readonly weightDecay?: number;
};

/**
 * Stochastic gradient descent with momentum: v ← μ·v + g + λ·w; w ← w − η·v.
 *
 * This is PyTorch's form. Caffe multiplies by η before it sums the velocity, which is equal while η is constant.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  requireKnownKeys("options of sgd", options, { momentum: true, weightDecay: true });
  const { momentum = 0.9, weightDecay = 5e-4 } = options;
  requireShare("momentum", momentum);
  requireBetween("weight decay", weightDecay, 0, 1);
  return {
    name: "sgd",
    stateNames: ["velocity"],
    update: ({ parameter, gradient, state, decay, learningRateFactor }, { learningRate }) => {
      const pull = decay && weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient;
      const velocity = add(mul(stateOf(state, "velocity"), momentum), pull);
      const rate = learningRateFactor === 1 ? learningRate : mul(learningRate, learningRateFactor);
      return { parameter: sub(parameter, mul(velocity, rate)), state: { velocity } };
    },
  };
}

/** Settings of `adamW`. */
export type AdamWOptions = {
  /** Share of the first moment to keep, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Share of the second moment to keep, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Added to the square root of the second moment; positive, default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay λ: each step subtracts η·λ·w; default 0.05. */
  readonly weightDecay?: number;
};

/**
 * AdamW: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − η·(m̂/(√v̂ + ε) + λ·w), with
 * m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
 *
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  requireKnownKeys("options of adamW", options, { beta1: true, beta2: true, epsilon: true, weightDecay: true });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.05 } = options;
  requireShare("beta1", beta1);
  requireShare("beta2", beta2);
  requirePositive("epsilon", epsilon);
  requireBetween("weight decay", weightDecay, 0, 1);
  return {
    name: "adamw",
    stateNames: ["first", "second"],
    update: ({ parameter, gradient, state, decay, learningRateFactor }, { learningRate, stepNumber }) => {
      const first = add(mul(stateOf(state, "first"), beta1), mul(gradient, 1 - beta1));
      const second = add(mul(stateOf(state, "second"), beta2), mul(mul(gradient, gradient), 1 - beta2));
      // βᵗ = e^(t·ln β), since the step number t is an input of the graph.
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

function stateOf(state: UpdateRule["state"], name: string): Value {
  const value = state[name];
  if (value === undefined) throw new InternalError(`internal: no optimizer state '${name}'`);
  return value;
}

/**
 * @throws {OptionError} unless `value` is in [0, 1): with 1 an average would never change, and 1 − βᵗ would be 0.
 */
function requireShare(what: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new OptionError(`${what}: got ${value}, expected a number in [0, 1)`);
}
