/**
 * A brain-like network out of nothing but a seed: log-normal weights and tract lengths. It uses `+ - * /` and no
 * function of a mathematical library, so that every language and engine that repeats it gets the same bits.
 */

export interface Connectome {
  /** What a node (row) receives from each other one (column); every row's sum is 1, its diagonal 0. [nodes, nodes] */
  readonly weights: Float32Array;
  /** Millimetres, symmetric, 0 on the diagonal, between 5 and 250 elsewhere. [nodes, nodes] */
  readonly lengths: Float32Array;
}

/** Park and Miller's generator: numbers between 0 and 1, exact in float64. doi:10.1145/63039.63042 */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** e^x by Taylor's series of x/64, squared six times. */
function exponential(x: number): number {
  const small = x / 64;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 16; k++) {
    term = (term * small) / k;
    sum += term;
  }
  for (let i = 0; i < 6; i++) sum *= sum;
  return sum;
}

/** The sum of twelve uniform numbers is nearly normal. */
function normal(uniform: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniform();
  return sum;
}

export function connectome(nodes: number, seed = 20130709): Connectome {
  const uniform = uniforms(seed);
  const weights = new Float64Array(nodes * nodes);
  const lengths = new Float32Array(nodes * nodes);
  for (let i = 0; i < nodes; i++) {
    for (let j = 0; j < i; j++) {
      const length = Math.min(250, Math.max(5, 60 * exponential(0.6 * normal(uniform))));
      lengths[i * nodes + j] = length;
      lengths[j * nodes + i] = length;
      weights[i * nodes + j] = exponential(normal(uniform));
      weights[j * nodes + i] = exponential(normal(uniform));
    }
  }
  for (let i = 0; i < nodes; i++) {
    let sum = 0;
    for (let j = 0; j < nodes; j++) sum += weights[i * nodes + j] as number;
    for (let j = 0; j < nodes; j++) weights[i * nodes + j] = (weights[i * nodes + j] as number) / sum;
  }
  return { weights: Float32Array.from(weights), lengths };
}
