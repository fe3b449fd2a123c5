/**
 * Reference losses in f64 and plain loops that tests compare with: derived from the papers' formulas with angles and
 * arccos, where the graph has cosines and polynomials, and sharing no code with it.
 *
 * Every loss here has logits z_ij = r_i · h(c_ij), with c_ij the cosine between embedding i and center j, r_i either
 * the scale s or ‖x_i‖, and h(c) = c except for the target. With p = softmax(z) and N samples, ∂L/∂z_ij =
 * (p_ij − [j = y_i]) / N, and as ∂c/∂x = (ŵ − c·x̂)/‖x‖ and ∂c/∂w = (x̂ − c·ŵ)/‖w‖, the
 * chain rule gives all gradients. Plain softmax is bilinear.
 */
export type ReferenceLoss =
  | { readonly name: "softmax" }
  | { readonly name: "nsl"; readonly scale: number }
  | { readonly name: "asoftmax"; readonly margin: number; readonly lambda: number; readonly scale?: number }
  | { readonly name: "cosface"; readonly scale: number | "norm"; readonly margin: number }
  | { readonly name: "arcface"; readonly scale: number; readonly marginRadians: number }
  | {
      readonly name: "combined";
      readonly scale: number;
      readonly multiplier: number;
      readonly marginRadians: number;
      readonly margin: number;
    };

export type Matrix = readonly (readonly number[])[];

/** A function of the target's cosine, and its derivative. */
type Target = { readonly value: number; readonly slope: number };

/** h(c) of the target. */
export function targetOf(loss: ReferenceLoss, cosine: number): Target {
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  const sine = Math.sin(angle);
  switch (loss.name) {
    case "softmax":
    case "nsl":
      return { value: cosine, slope: 1 };
    case "cosface":
      return { value: cosine - loss.margin, slope: 1 };
    case "asoftmax": {
      const { margin: m, lambda } = loss;
      const k = Math.min(Math.floor((m * angle) / Math.PI), m - 1);
      const sign = k % 2 === 0 ? 1 : -1;
      const psi = sign * Math.cos(m * angle) - 2 * k;
      // dψ/dc = (±cos mθ)' / (cos θ)'; at θ = 0 and π the quotient tends to m².
      const slope = sine < 1e-9 ? m * m : (sign * m * Math.sin(m * angle)) / sine;
      return { value: (lambda * cosine + psi) / (1 + lambda), slope: (lambda + slope) / (1 + lambda) };
    }
    case "arcface":
      return angle < Math.PI - loss.marginRadians
        ? { value: Math.cos(angle + loss.marginRadians), slope: Math.sin(angle + loss.marginRadians) / sine }
        : { value: cosine - loss.marginRadians * Math.sin(loss.marginRadians), slope: 1 };
    case "combined": {
      const turned = loss.multiplier * angle + loss.marginRadians;
      return { value: Math.cos(turned) - loss.margin, slope: (loss.multiplier * Math.sin(turned)) / sine };
    }
  }
}

export type ReferenceResult = { loss: number; embeddingGradients: number[][]; centerGradients: number[][] };

/** Mean loss over the batch and its gradients. */
export function referenceLoss(
  loss: ReferenceLoss,
  embeddings: Matrix,
  centers: Matrix,
  labels: readonly number[],
): ReferenceResult {
  const embeddingGradients = embeddings.map((x) => x.map(() => 0));
  const centerGradients = centers.map((w) => w.map(() => 0));
  let total = 0;
  const scale = loss.name === "softmax" ? "norm" : (loss.scale ?? "norm");
  for (const [i, x] of embeddings.entries()) {
    const label = labels[i]!;
    const keepsNorm = scale === "norm";
    const norm = Math.sqrt(dot(x, x));
    const logits: number[] = [];
    const cosines: number[] = [];
    for (const [j, w] of centers.entries()) {
      const cosine = dot(x, w) / (norm * Math.sqrt(dot(w, w)));
      cosines.push(cosine);
      const h = j === label ? targetOf(loss, cosine).value : cosine;
      logits.push(loss.name === "softmax" ? dot(x, w) : (keepsNorm ? norm : scale) * h);
    }
    const largest = Math.max(...logits);
    const sum = logits.reduce((s, z) => s + Math.exp(z - largest), 0);
    // Relative to the target: exact where its probability is nearly 1, as others' share is summed by itself.
    const others = logits.reduce((s, z, j) => (j === label ? s : s + Math.exp(z - logits[label]!)), 0);
    total += others < 1 ? Math.log1p(others) : Math.log(sum) + largest - logits[label]!;
    for (const [j, w] of centers.entries()) {
      const dz = (j === label ? -1 / (1 + 1 / others) : Math.exp(logits[j]! - largest) / sum) / embeddings.length;
      const wNorm = Math.sqrt(dot(w, w));
      const c = cosines[j]!;
      const { value: h, slope } = j === label ? targetOf(loss, c) : { value: c, slope: 1 };
      const r = keepsNorm ? norm : scale;
      for (let k = 0; k < x.length; k++) {
        if (loss.name === "softmax") {
          embeddingGradients[i]![k]! += dz * w[k]!;
          centerGradients[j]![k]! += dz * x[k]!;
          continue;
        }
        const xUnit = x[k]! / norm;
        const wUnit = w[k]! / wNorm;
        embeddingGradients[i]![k]! += dz * ((keepsNorm ? h * xUnit : 0) + (r * slope * (wUnit - c * xUnit)) / norm);
        centerGradients[j]![k]! += (dz * r * slope * (xUnit - c * wUnit)) / wNorm;
      }
    }
  }
  return { loss: total / embeddings.length, embeddingGradients, centerGradients };
}

/** Largest difference of two matrices, relative to the largest element of the second. */
export function relativeError(got: Matrix, expected: Matrix): number {
  let difference = 0;
  let largest = 0;
  for (const [i, row] of expected.entries()) {
    for (const [k, value] of row.entries()) {
      const error = Math.abs(got[i]![k]! - value);
      if (!(error <= difference)) difference = error; // also takes NaN in
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return difference / largest;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
