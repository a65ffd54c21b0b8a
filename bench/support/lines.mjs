/** Results as lines for the terminal, and numbers as they are shown. */

export const number = (x, digits = 3) =>
  x >= 1000 ? x.toFixed(0) : x >= 100 ? x.toFixed(1) : x.toPrecision(digits).replace(/\.0+$/, "");
export const tiny = (x) => (x === 0 ? "0" : x.toExponential(0));
const pair = ({ min, median }) => `${number(min)} (${number(median)})`;

const speedOf = (millions, unit) =>
  unit === "normals" ? `${number(1e3 / millions)} ns a number` : `${number(millions)} M ${unit}/s`;

/** A workload's rows: C strict, the strict targets, C fast, the others. */
export function kernelLines({ name, points, steps, unit, c, targets }) {
  const line = (who, ms, ...notes) => `  ${who.padEnd(14)} ${pair(ms).padEnd(18)} ${notes.filter(Boolean).join(", ")}`;
  const ofC = (mode) => {
    const { ms, error, compiler, groups, millionsPerSecond } = c[mode];
    const speed = speedOf(millionsPerSecond, unit);
    return line(`C ${mode}`, ms, speed, `error ${tiny(error)}`, `${compiler}, ${groups} groups`);
  };
  const mine = (against) =>
    targets
      .filter((row) => row.against === against)
      .map(({ target, ms, ratio, error, ulps, compileMs, millionsPerSecond }) => {
        const speed = unit === "normals" && speedOf(millionsPerSecond, unit);
        const same = ulps === undefined ? "" : ulps === 0 ? "the bits of C" : `${ulps} ulp from C`;
        const compiled = `compiled in ${number(compileMs)} ms`;
        return line(target, ms, `ratio ${ratio.toFixed(2)}`, speed, `error ${tiny(error)}`, same, compiled);
      });
  const rows = [ofC("strict"), ...mine("strict"), ofC("fast"), ...mine("fast")];
  return [`${name}: ${points} × ${steps}`, ...rows].join("\n");
}

export const deviceLine = ({ name, target, points, devices, one, all, ratio }) =>
  `  ${name.padEnd(24)} ${target}, ${points} points: 1 device ${pair(one)} ms, ${devices} devices ${pair(all)} ms: ` +
  `× ${ratio.toFixed(2)}`;

export const firstLine = ({ name, target, call, trace, compile, run, single }) =>
  `  ${name.padEnd(24)} ${target.padEnd(13)} call ${number(call.min)} ms = trace ${number(trace.min)} + compile ` +
  `${number(compile.min)} + run ${number(run.min)}; 1 point ${number(single.min)} ms`;

export const peerLine = ({ name, points, steps, lanewise, jax }) => {
  const times = (a, b) => `× ${(b / a).toFixed(1)}`;
  return (
    `  ${name.padEnd(24)} ${points} × ${steps}: ${lanewise.target} ${pair(lanewise.ms)}, error ${tiny(lanewise.error)}; ` +
    `JAX ${pair(jax.ms)}, error ${tiny(jax.error)} (${jax.way}): ${times(lanewise.ms.min, jax.ms.min)}; ` +
    `first ${number(lanewise.firstMs)} and ${number(jax.firstMs)}: ${times(lanewise.firstMs, jax.firstMs)}`
  );
};
